"""The parts of the log codec: sections, templates, fields, the writer, the reader and the view."""
