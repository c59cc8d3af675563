// A module for tests that throws when it is loaded.

throw new Error('no database here');
