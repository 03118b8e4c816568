-- The text-message channel: docs/sms.md. Neither a phone number nor a text stands here.

-- The guards of the channel beside those of 0001. A constraint cannot be added to a table, and
-- this one is always empty.
DROP TABLE guard;
CREATE TABLE guard (
    conflict TEXT NOT NULL,
    CONSTRAINT dispatch_limit CHECK (conflict <> 'dispatch-limit'),
    CONSTRAINT recovery_closed CHECK (conflict <> 'recovery-closed'),
    CONSTRAINT ticket_spent CHECK (conflict <> 'ticket-spent'),
    CONSTRAINT signin_limit CHECK (conflict <> 'signin-limit'),
    CONSTRAINT text_seen CHECK (conflict <> 'text-seen'),
    CONSTRAINT text_limit CHECK (conflict <> 'text-limit'),
    CONSTRAINT text_budget CHECK (conflict <> 'text-budget'),
    CONSTRAINT name_taken CHECK (conflict <> 'name-taken'),
    CONSTRAINT wait_closed CHECK (conflict <> 'wait-closed')
) STRICT;

-- One text that was decided about, by the digest of provider and message id: what a repetition
-- is answered from.
CREATE TABLE text_note (
    key TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    answer TEXT NOT NULL CHECK (answer IN (
        'code', 'web-code', 'temporary', 'usage', 'too-many', 'silence'
    )),
    recovery TEXT,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX text_note_at ON text_note (at);

-- Texts of one sender, under a keyed name.
CREATE TABLE text_count (
    seq INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX text_count_key ON text_count (key, at);
CREATE INDEX text_count_at ON text_count (at);

-- Texts on the agency's bill, by Vietnam's days since 1970; day -1 is the decoys'.
CREATE TABLE text_day (
    day INTEGER PRIMARY KEY,
    sent INTEGER NOT NULL CHECK (sent >= 0)
) STRICT;

-- Four characters that name a recovery ('locator') or a page that waits ('web') for a while.
CREATE TABLE text_name (
    kind TEXT NOT NULL CHECK (kind IN ('locator', 'web')),
    name TEXT NOT NULL,
    owner TEXT NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (kind, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX text_name_until ON text_name (until);

-- Pages that wait for a text.
CREATE TABLE text_wait (
    id TEXT PRIMARY KEY,
    locale TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    recovery TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX text_wait_expires ON text_wait (expires_at);

-- What the provider said became of a text: the last word.
CREATE TABLE text_receipt (
    outbox TEXT PRIMARY KEY,
    delivered INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX text_receipt_at ON text_receipt (at);
