"""Tools for use inside an agency, on its own file: nothing but counts leaves them."""
