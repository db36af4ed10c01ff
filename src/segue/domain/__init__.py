"""The words of the glossary as frozen records and pure functions. Imports nothing of Segue but errors."""
