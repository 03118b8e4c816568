-- Mail to an office's address: what was written is sealed as a case is, under a key that is not
-- here, and erased with the decision about it. No keyed name of its sender is kept beside it: a
-- sender is claimed, and nothing is found by it.
CREATE TABLE desk_letter (
    -- A case that is made of it has the same.
    id TEXT PRIMARY KEY,
    office TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('new', 'taken', 'discarded')),
    version INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    closed_at INTEGER,
    attachments INTEGER NOT NULL,
    cut INTEGER NOT NULL CHECK (cut IN (0, 1)),
    staff TEXT,
    kid TEXT,
    nonce TEXT,
    body TEXT,
    CHECK ((state = 'new') = (body IS NOT NULL))
) STRICT;
CREATE INDEX desk_letter_new ON desk_letter (office, received_at, id) WHERE state = 'new';
CREATE INDEX desk_letter_received ON desk_letter (received_at);
CREATE INDEX desk_letter_closed ON desk_letter (closed_at) WHERE closed_at IS NOT NULL;

-- Nobody holds the look-up code of a case that came from a letter: it changes no contacts. Held
-- here too, whatever the Worker does.
ALTER TABLE desk_case ADD COLUMN from_letter INTEGER NOT NULL DEFAULT 0
CHECK (from_letter IN (0, 1) AND (from_letter = 0 OR changes_contacts = 0));
