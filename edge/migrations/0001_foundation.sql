-- The account store, the recoveries, and what counts and protects them.
--
-- Times are Unix seconds. Ids are 26 characters of Crockford's base 32, digests 64
-- hexadecimal digits. No secret stands here: codes, links and tickets only as digests.
-- No personal data stands outside the three `member` tables: what was typed is kept as
-- a keyed digest at most.

-- The agency's accounts. Another deployment may keep them in a directory of its own.
CREATE TABLE member (
    reference TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    birth_year INTEGER,
    status TEXT NOT NULL CHECK (status IN ('active', 'closed')),
    -- Argon2id in PHC form; NULL where no password was ever set.
    password_hash TEXT,
    password_state TEXT NOT NULL CHECK (password_state IN ('active', 'to-be-recovered')),
    -- The recovery that set the password, so that its owner can disown it.
    password_recovery TEXT,
    password_at INTEGER
) STRICT, WITHOUT ROWID;

-- 10 digits (mã số BHXH) or 12 (số định danh cá nhân).
CREATE TABLE member_identifier (
    identifier TEXT PRIMARY KEY,
    member TEXT NOT NULL REFERENCES member (reference)
) STRICT, WITHOUT ROWID;
CREATE INDEX member_identifier_member ON member_identifier (member);

CREATE TABLE member_contact (
    id TEXT PRIMARY KEY,
    member TEXT NOT NULL REFERENCES member (reference),
    kind TEXT NOT NULL CHECK (kind IN ('email', 'phone')),
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX member_contact_member ON member_contact (member);

-- A row here is a refusal: nothing can be inserted, and the constraint that breaks names
-- the conflict. A batch has no IF; `INSERT INTO guard SELECT 'x' WHERE …` is one.
CREATE TABLE guard (
    conflict TEXT NOT NULL,
    CONSTRAINT dispatch_limit CHECK (conflict <> 'dispatch-limit'),
    CONSTRAINT recovery_closed CHECK (conflict <> 'recovery-closed'),
    CONSTRAINT ticket_spent CHECK (conflict <> 'ticket-spent'),
    CONSTRAINT signin_limit CHECK (conflict <> 'signin-limit')
) STRICT;

CREATE TABLE captcha_nonce (
    nonce TEXT PRIMARY KEY,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX captcha_nonce_expires ON captcha_nonce (expires_at);

-- Decoys stand here like all others, with verifiers that match nothing.
CREATE TABLE recovery (
    id TEXT PRIMARY KEY,
    channel TEXT NOT NULL,
    member TEXT NOT NULL,
    contact TEXT NOT NULL,
    decoy INTEGER NOT NULL,
    kid TEXT NOT NULL,
    salt TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    code TEXT NOT NULL,
    link TEXT NOT NULL,
    disown TEXT NOT NULL,
    dispatch_key TEXT NOT NULL,
    identifier_key TEXT NOT NULL,
    compare_key TEXT NOT NULL,
    locale TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    code_expires_at INTEGER NOT NULL,
    link_expires_at INTEGER NOT NULL,
    disown_expires_at INTEGER NOT NULL,
    tries INTEGER NOT NULL CHECK (tries >= 0),
    state TEXT NOT NULL CHECK (state IN ('open', 'voided', 'completed', 'disowned'))
) STRICT, WITHOUT ROWID;
CREATE INDEX recovery_member ON recovery (member, created_at);
CREATE INDEX recovery_created ON recovery (created_at);

CREATE TABLE ticket (
    hash TEXT PRIMARY KEY,
    recovery TEXT NOT NULL,
    member TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('live', 'voided', 'spent')),
    -- Which attempt spent it: a lost answer is resolved by reading this.
    attempt TEXT,
    CHECK ((state = 'spent') = (attempt IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX ticket_one_live ON ticket (recovery) WHERE state = 'live';
CREATE INDEX ticket_member ON ticket (member) WHERE state = 'live';
CREATE INDEX ticket_expires ON ticket (expires_at);

CREATE TABLE session (
    hash TEXT PRIMARY KEY,
    member TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_member ON session (member);
CREATE INDEX session_seen ON session (seen_at);

-- Counters: one row for each thing counted, under keyed names.
CREATE TABLE dispatch (
    seq INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    identifier TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX dispatch_key ON dispatch (key, at);
CREATE INDEX dispatch_identifier ON dispatch (identifier, at);
CREATE INDEX dispatch_at ON dispatch (at);

CREATE TABLE comparison (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX comparison_key ON comparison (key, at);
CREATE INDEX comparison_at ON comparison (at);

CREATE TABLE signin (
    id TEXT PRIMARY KEY,
    pair TEXT NOT NULL,
    identifier TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX signin_pair ON signin (pair, at);
CREATE INDEX signin_identifier ON signin (identifier, at);
CREATE INDEX signin_at ON signin (at);

CREATE TABLE address_use (
    outbox TEXT PRIMARY KEY,
    key TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX address_use_key ON address_use (key, at);
CREATE INDEX address_use_at ON address_use (at);

-- Messages to be sent: no address, no code, no text.
CREATE TABLE outbox (
    id TEXT PRIMARY KEY,
    template TEXT NOT NULL,
    recovery TEXT NOT NULL,
    member TEXT NOT NULL,
    contact TEXT NOT NULL,
    decoy INTEGER NOT NULL,
    locale TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    not_after INTEGER,
    due_at INTEGER NOT NULL,
    lease_until INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    unknowns INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN (
        'pending', 'leased', 'sending',
        'sent', 'discarded', 'dropped', 'too-late', 'unknown', 'dead'
    )),
    settled_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_due ON outbox (due_at) WHERE state = 'pending';
CREATE INDEX outbox_held ON outbox (lease_until) WHERE state IN ('leased', 'sending');
CREATE INDEX outbox_created ON outbox (created_at);

-- What an operator looks through: docs/operations.md.
CREATE VIEW dead_letter AS
SELECT id, template, state, created_at, settled_at, attempts, unknowns
FROM outbox
WHERE state IN ('dead', 'unknown')
ORDER BY created_at;

-- Bounces and complaints, by the provider's own event id: a repetition changes nothing.
CREATE TABLE mail_event (
    id TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    -- NULL where the provider did not give our id back.
    outbox TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX mail_event_at ON mail_event (at);

-- Append-only, without personal data.
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    act TEXT NOT NULL,
    channel TEXT NOT NULL,
    recovery TEXT
) STRICT;
