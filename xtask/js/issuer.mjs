// Stands in for Cloudflare Access on a developer's machine: a page on which to choose who one
// is, the signed token of that person in Access's own cookie, and the public keys. The Worker
// checks all of it as in production; only the issuer's address differs.
//
//   issuer.mjs AUDIENCE HOME EMAIL…   prints its own address, serves until it is ended
import { createSign, generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";

const [audience, home, ...people] = process.argv.slice(2);
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const kid = randomBytes(8).toString("hex");
const HOURS = 8;

const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token as Access makes them. */
function token(email, issuer) {
  const now = Math.floor(Date.now() / 1000);
  const claims = { aud: [audience], email, iss: issuer, iat: now, nbf: now, exp: now + HOURS * 3600, type: "app" };
  const signed = `${encode({ alg: "RS256", kid, typ: "JWT" })}.${encode(claims)}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(privateKey, "base64url")}`;
}

const button = (email) => `<p><button name="email" value="${email}">${email}</button></p>`;
const page = `<!doctype html><html lang="vi"><meta charset="utf-8"><title>Chọn cán bộ thử</title>
<h1>Chọn cán bộ thử</h1><form method="post">${people.map(button).join("")}</form></html>`;

const server = createServer(async (request, response) => {
  const issuer = `http://localhost:${server.address().port}`;
  const path = request.url.split("?")[0];
  if (path === "/cdn-cgi/access/certs") {
    const key = { ...publicKey.export({ format: "jwk" }), kid, alg: "RS256", use: "sig" };
    response.setHeader("content-type", "application/json").end(JSON.stringify({ keys: [key] }));
  } else if (path === "/" && request.method === "POST") {
    let body = "";
    for await (const chunk of request) body += chunk;
    const email = new URLSearchParams(body).get("email");
    if (!people.includes(email)) return response.writeHead(400).end();
    const cookie = `CF_Authorization=${token(email, issuer)}; Path=/; HttpOnly; SameSite=Lax`;
    response.writeHead(303, { location: home, "set-cookie": cookie }).end();
  } else if (path === "/" && request.method === "GET") {
    response.setHeader("content-type", "text/html; charset=utf-8").end(page);
  } else {
    response.writeHead(404).end();
  }
});
server.listen(0, "localhost", () => console.log(`http://localhost:${server.address().port}`));
