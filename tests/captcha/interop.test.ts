// Interoperation with the reference implementation, npm altcha-lib 2.8.0, both ways.
import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { createChallenge, solveChallenge, verifySolution } from "altcha-lib";
import { deriveKey } from "altcha-lib/algorithms/pbkdf2";
import { type Challenge, encode, now, Ours, type Secrets, type Verdict } from "./ours.ts";

type Solution = { counter: number; derivedKey: string; time?: number };
type Parameters = Challenge["parameters"];

let ours: Ours;
let secrets: Secrets;

before(async () => {
  ours = new Ours();
  secrets = await ours.secrets();
});
after(() => ours.stop());

async function libSolves(challenge: Challenge): Promise<Solution> {
  const solution = await solveChallenge({ challenge, deriveKey });
  assert.ok(solution);
  return solution;
}

/** A challenge made by the reference, signed with our secrets, shaped like ours. */
function libMakes(changes: object = {}): Promise<Challenge> {
  return createChallenge({
    algorithm: "PBKDF2/SHA-256",
    cost: 1000,
    counter: 7,
    data: { form: "email", key: secrets.key, level: 0, max: 399 },
    deriveKey,
    expiresAt: now() + 300,
    hmacKeySignatureSecret: secrets.keySignature,
    hmacSignatureSecret: secrets.signature,
    ...changes,
  }) as Promise<Challenge>;
}

/** The reference's verdict; `full` makes it derive, instead of trusting the key's signature. */
async function libAccepts(challenge: Challenge, solution: Solution, full = true): Promise<boolean> {
  const result = await verifySolution({
    challenge,
    solution,
    deriveKey,
    hmacSignatureSecret: secrets.signature,
    ...(full ? {} : { hmacKeySignatureSecret: secrets.keySignature }),
  });
  return result.verified;
}

const accepted = (verdict: Verdict): boolean => typeof verdict.nonce === "string";

async function weAccept(challenge: Challenge, solution: Solution): Promise<boolean> {
  return accepted(await ours.verify(encode({ challenge, solution })));
}

test("the reference solves ours, and we accept", async () => {
  for (const form of ["email", "case", "session"] as const) {
    const challenge = await ours.issue(form);
    const solution = await libSolves(challenge);
    const verdict = await ours.verify(encode({ challenge, solution }), form);
    assert.deepEqual(verdict, {
      nonce: challenge.parameters.nonce,
      expiresAt: challenge.parameters.expiresAt,
    });
  }
});

test("the reference accepts solutions of ours by the key's signature and by deriving", async () => {
  const challenge = await ours.issue();
  const solution = await libSolves(challenge);
  assert.equal(await libAccepts(challenge, solution, false), true);
  assert.equal(await libAccepts(challenge, solution, true), true);
});

test("a challenge made by the reference with our secrets is accepted", async () => {
  const challenge = await libMakes();
  assert.equal(await weAccept(challenge, await libSolves(challenge)), true);
});

test("both refuse the same changed payloads", async () => {
  const challenge = await libMakes();
  const solution = await libSolves(challenge);
  const parameters = (changes: Partial<Parameters>): Challenge => ({
    ...challenge,
    parameters: { ...challenge.parameters, ...changes },
  });
  const zeros = "0".repeat(32);
  const cases: [string, Challenge, Solution][] = [
    ["cheaper", parameters({ cost: 1 }), solution],
    ["later", parameters({ expiresAt: now() + 400 }), solution],
    ["another form", parameters({ data: { ...challenge.parameters.data, form: "case" } }), solution],
    ["another salt", parameters({ salt: zeros }), solution],
    ["another nonce", parameters({ nonce: zeros }), solution],
    ["no prefix", parameters({ keyPrefix: "" }), solution],
    ["another signature", { ...challenge, signature: zeros + zeros }, solution],
    ["a wrong counter", challenge, { ...solution, counter: solution.counter + 1 }],
    ["a fractional counter", challenge, { ...solution, counter: 7.5 }],
    ["a counter that wraps", challenge, { ...solution, counter: solution.counter + 2 ** 32 }],
    ["a negative counter", challenge, { ...solution, counter: -1 }],
    ["upper-case hex", challenge, { ...solution, derivedKey: solution.derivedKey.toUpperCase() }],
    ["only the prefix", challenge, { ...solution, derivedKey: challenge.parameters.keyPrefix }],
    ["prefix and zeros", challenge, { ...solution, derivedKey: challenge.parameters.keyPrefix + zeros }],
  ];
  assert.equal(await libAccepts(challenge, solution), true);
  for (const [name, changed, answer] of cases) {
    assert.equal(await libAccepts(changed, answer), false, `the reference accepts ${name}`);
    assert.equal(await weAccept(changed, answer), false, `we accept ${name}`);
  }
});

test("both refuse an expired challenge", async () => {
  const challenge = await libMakes({ expiresAt: now() - 10 });
  const solution = await libSolves(challenge);
  assert.equal(await libAccepts(challenge, solution), false);
  assert.deepEqual(await ours.verify(encode({ challenge, solution })), { rejected: "Expired" });
});

test("we are stricter than the reference where its challenge is not one of ours", async () => {
  const { key } = secrets;
  const cases: [string, string, object][] = [
    ["random mode", "UnexpectedShape", { counter: undefined, keyPrefix: "00" }],
    ["below our minimum cost", "CostOutOfRange", { cost: 999 }],
    ["above our maximum cost", "CostOutOfRange", { cost: 20_001 }],
    ["a longer key", "UnexpectedShape", { keyLength: 31 }],
    ["a shorter prefix", "UnexpectedShape", { keyPrefixLength: 1 }],
    ["bound to nothing", "Malformed", { data: undefined }],
    ["bound to another form", "WrongForm", { data: { form: "case", key, level: 0, max: 1 } }],
    ["a key we do not have", "UnknownKey", { data: { form: "email", key: "k9", level: 0, max: 1 } }],
    ["living for a day", "LivesTooLong", { expiresAt: now() + 86_400 }],
    ["living for ever", "Malformed", { expiresAt: undefined }],
  ];
  for (const [name, reason, changes] of cases) {
    const challenge = await libMakes(changes);
    const solution = await libSolves(challenge);
    assert.equal(await libAccepts(challenge, solution), true, `the reference refuses ${name}`);
    const verdict = await ours.verify(encode({ challenge, solution }));
    // A key of another length does not even parse.
    assert.ok(verdict.rejected === reason || name === "a longer key", `${name}: ${verdict.rejected}`);
    assert.ok(verdict.rejected, name);
  }
});

test("the reference lets a wrong counter with the right key pass, we do not", async () => {
  const challenge = await ours.issue();
  const solution = await libSolves(challenge);
  const wrong = { ...solution, counter: solution.counter + 1 };
  assert.equal(await libAccepts(challenge, wrong, false), true);
  assert.deepEqual(await ours.verify(encode({ challenge, solution: wrong })), { rejected: "WrongCounter" });
});
