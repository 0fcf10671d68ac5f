"""Imports: read rows, map them to drafts, commit those through the same actions as the browser. One module per format.

readers   opens a file: encoding, separator, rows with their lines          columns   cleans one value, explains one error
base      what a format is: columns, and how a row becomes a draft          resolve   from names to parties, places and sources
registry  the formats by name                                               running   goes through a batch chunk by chunk
"""
