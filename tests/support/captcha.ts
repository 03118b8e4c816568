// Solving our captcha as a browser does, by the library everybody uses.
import { solveChallenge, type Challenge } from "altcha-lib";
import { deriveKey } from "altcha-lib/algorithms/pbkdf2";

export type Form = "email" | "case" | "session";

/** A fresh challenge. */
export async function challenge(url: string, form: Form): Promise<Challenge> {
  const answer = await fetch(`${url}/api/v1/captcha?form=${form}`);
  if (answer.status !== 200) throw new Error(`captcha: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Challenge;
}

/** The `captcha` value that a form sends. */
export async function solve(challenge: Challenge): Promise<string> {
  const solution = await solveChallenge({ challenge, deriveKey });
  if (solution === null) throw new Error("the captcha could not be solved");
  return Buffer.from(JSON.stringify({ challenge, solution })).toString("base64");
}

/** A solved captcha for a form. */
export async function captcha(url: string, form: Form): Promise<string> {
  return solve(await challenge(url, form));
}
