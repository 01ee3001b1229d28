"""Files of office programs: zipped folders of XML."""
