"""How people are protected: pure functions over frames. Opens no file but keys, no database, no network."""
