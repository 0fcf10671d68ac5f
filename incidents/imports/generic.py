"""Our own sheets, CSV or XLSX: reports, aggregate claims, convoys, places and coverage, under headers in English or Arabic."""

from incidents.imports.base import Format
from incidents.imports.gazetteers import Places
from incidents.imports.sheets_of_claims import Claims
from incidents.imports.sheets_of_convoys import Convoys, Presences
from incidents.imports.sheets_of_reports import Reports

FORMATS: list[Format] = [Reports(), Claims(), Convoys(), Presences(), Places()]
