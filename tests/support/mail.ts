// The mails that the local `send_email` binding captured.
import { type Server, until } from "./server.ts";

export interface Mail {
  id: string;
  from: string;
  to: string[];
  subject: string;
  sentAt: string;
  text: string;
  html: string;
}

interface Listed {
  messageId: string;
}

async function explore<T>(server: Server, query: string): Promise<T> {
  const answer = await fetch(`${server.url}/cdn-cgi/local/explorer/api/local/email/sending?${query}`);
  if (!answer.ok) throw new Error(`the mail store answered ${answer.status}: ${await answer.text()}`);
  const { result } = (await answer.json()) as { result: T };
  return result;
}

/** All captured mails, oldest first. */
export async function mails(server: Server): Promise<Mail[]> {
  const listed = await explore<Listed[]>(server, "per_page=100");
  const whole = listed.map(async ({ messageId }) => {
    const mail = await explore<Omit<Mail, "id">>(server, `email_id=${encodeURIComponent(messageId)}`);
    return { ...mail, id: messageId };
  });
  return (await Promise.all(whole)).sort((one, other) => one.sentAt.localeCompare(other.sentAt));
}

/** All captured mails to an address. */
export async function mailsTo(server: Server, address: string): Promise<Mail[]> {
  return (await mails(server)).filter((mail) => mail.to.some((to) => to.includes(address)));
}

/** Waits for mail number `count` (from 1) to an address, running the scheduled work meanwhile. */
export async function waitForMail(server: Server, address: string, count = 1): Promise<Mail> {
  return until(`mail ${count} to ${address}`, async () => {
    const mail = (await mailsTo(server, address))[count - 1];
    if (mail === undefined) await server.sweep();
    return mail;
  });
}

/** What the text part of a recovery mail carries. */
export function secretsIn(text: string): { code: string; link: string; disown: string } {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const at = lines.findIndex((line) => /^[0-9A-Z]{4}-[0-9A-Z]{4}$/.test(line));
  const code = lines[at];
  const link = lines.slice(at + 1).find((line) => line !== "");
  const disown = lines.findLast((line) => /^https?:\S+\/khong-phai-toi#\S+$/.test(line));
  if (code === undefined || link === undefined || disown === undefined) {
    throw new Error(`no code, link or disowning link in:\n${text}`);
  }
  if (!/^https?:\S+\/lien-ket#\S+$/.test(link)) throw new Error(`no link after the code: ${link}`);
  return { code, link, disown };
}
