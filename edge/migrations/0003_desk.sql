-- The office desk: cases, staff, and the audit's chain.
--
-- Everything personal in a case is in `desk_item` and `desk_entry`, AES-256-GCM under a key
-- that is not here. Cases carry keyed names of the stated number, phone and email.

-- The last change of contacts at the desk: they open no recovery by email or text for a week.
ALTER TABLE member ADD COLUMN contacts_changed_at INTEGER;
-- Set where a change at the desk replaced the contact: notices still go there.
ALTER TABLE member_contact ADD COLUMN former_at INTEGER;

CREATE TABLE desk_staff (
    -- The name in the audit; never the person's own.
    id TEXT PRIMARY KEY,
    -- Sign-in address as Cloudflare Access gives it, in lower case.
    email TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL CHECK (role IN ('officer', 'supervisor')),
    office TEXT NOT NULL,
    -- The own account, where there is one: kept from cases about it.
    member TEXT,
    active INTEGER NOT NULL CHECK (active IN (0, 1))
) STRICT, WITHOUT ROWID;

-- A refusal of the desk, as in `guard`.
CREATE TABLE desk_guard (
    conflict TEXT NOT NULL,
    CONSTRAINT case_changed CHECK (conflict <> 'case-changed')
) STRICT;

CREATE TABLE desk_case (
    id TEXT PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    office TEXT NOT NULL,
    locale TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN (
        'received', 'in-review', 'waiting', 'second-approval', 'cooling-off', 'disputed',
        'approved', 'rejected', 'withdrawn'
    )),
    version INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    ended_at INTEGER,
    kid TEXT NOT NULL,
    salt TEXT NOT NULL,
    -- The look-up code's keyed verifier.
    lookup TEXT NOT NULL,
    key_identifier TEXT,
    key_phone TEXT,
    key_email TEXT,
    assignee TEXT,
    first TEXT,
    member TEXT,
    recovery TEXT,
    changes_contacts INTEGER NOT NULL CHECK (changes_contacts IN (0, 1)),
    cooling_until INTEGER,
    disputed_at INTEGER,
    -- Invariant 5: nobody approves changed contacts twice, and none are changed by one alone.
    CHECK (state <> 'cooling-off' OR (first IS NOT NULL AND cooling_until IS NOT NULL))
) STRICT, WITHOUT ROWID;
-- One for each way that the queue is asked for; see docs/desk.md for the plans.
CREATE INDEX desk_case_open ON desk_case (office, opened_at, id) WHERE ended_at IS NULL;
CREATE INDEX desk_case_any ON desk_case (office, opened_at, id);
CREATE INDEX desk_case_state ON desk_case (office, state, opened_at, id);
CREATE INDEX desk_case_assignee ON desk_case (office, assignee, opened_at, id)
WHERE assignee IS NOT NULL;
CREATE INDEX desk_case_identifier ON desk_case (key_identifier) WHERE key_identifier IS NOT NULL;
CREATE INDEX desk_case_phone ON desk_case (key_phone) WHERE key_phone IS NOT NULL;
CREATE INDEX desk_case_email ON desk_case (key_email) WHERE key_email IS NOT NULL;
CREATE INDEX desk_case_recovery ON desk_case (recovery) WHERE recovery IS NOT NULL;
CREATE INDEX desk_case_cooling ON desk_case (cooling_until) WHERE state = 'cooling-off';
CREATE INDEX desk_case_ended ON desk_case (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX desk_case_changed ON desk_case (changed_at);

CREATE TABLE desk_item (
    case_id TEXT NOT NULL,
    item TEXT NOT NULL,
    kid TEXT NOT NULL,
    nonce TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (case_id, item)
) STRICT, WITHOUT ROWID;

CREATE TABLE desk_entry (
    id TEXT PRIMARY KEY,
    case_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    staff TEXT,
    kid TEXT,
    nonce TEXT,
    body TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX desk_entry_case ON desk_entry (case_id, at);

ALTER TABLE audit ADD COLUMN case_id TEXT;
ALTER TABLE audit ADD COLUMN staff TEXT;
ALTER TABLE audit ADD COLUMN office TEXT;

-- Written by the chaining job alone: each an HMAC over the one before and the record.
CREATE TABLE audit_link (
    seq INTEGER PRIMARY KEY,
    kid TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;

CREATE TABLE audit_checkpoint (
    upto INTEGER PRIMARY KEY,
    head TEXT NOT NULL,
    at INTEGER NOT NULL,
    kid TEXT NOT NULL,
    signature TEXT NOT NULL
) STRICT;
