"""The first version: fields are added to it, never changed in meaning. One module per noun."""
