"""The stages of an answer, one file each: functions over frozen values, called in order by `answer.journey`."""
