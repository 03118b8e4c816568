-- Oversight: checkpoints that went to the supervisor's mailbox, and the course of each case.

-- When this checkpoint was put into the outbox for the supervisor; NULL where it was not.
ALTER TABLE audit_checkpoint ADD COLUMN mailed_at INTEGER;
CREATE INDEX audit_checkpoint_mailed ON audit_checkpoint (mailed_at) WHERE mailed_at IS NOT NULL;

-- What was done in a case, in order: its page shows it. Records of no case cost nothing.
CREATE INDEX audit_case ON audit (case_id) WHERE case_id IS NOT NULL;
