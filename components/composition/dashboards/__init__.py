"""Dashboards that join what several stores and programs offer. Nothing here names one of them."""
