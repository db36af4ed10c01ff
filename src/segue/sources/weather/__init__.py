"""Weather files → readings: Open-Meteo's JSON (archive or forecast), and tables with a row a day."""

from segue.sources.weather.daily import read_daily
from segue.sources.weather.open_meteo import read_open_meteo

__all__ = ["read_daily", "read_open_meteo"]
