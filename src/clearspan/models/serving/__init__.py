"""Engines that run models for many requests at a time."""
