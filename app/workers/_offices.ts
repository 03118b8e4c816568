// The page of an office without a network, for one that was never opened: made of the directory's
// kept page and one file with all offices. The build draws both by the same code (`document.rs`),
// so that what comes out is the page as the network would have sent it, head excepted.
import { isEnglish } from "./_rules.ts";

/** By id: name, and what stands under the heading. */
export type Offices = Record<string, [name: string, html: string]>;

/** Which office an address means, and what its page is made of. */
export function officeAt(path: string): { id: string; page: string; all: string } | undefined {
  const page = isEnglish(path) ? "/en/co-quan" : "/co-quan";
  const id = path.startsWith(`${page}/`) ? path.slice(page.length + 1) : "";
  return /^[a-z0-9-]+$/.test(id) ? { id, page, all: `${page}.json` } : undefined;
}

/** Puts `now` in the place between two marks, once each; `undefined` where they are not found. */
function put(html: string | undefined, begin: string, end: string, now: string): string | undefined {
  const start = html?.indexOf(begin) ?? -1;
  const stop = html?.indexOf(end, start + begin.length) ?? -1;
  if (html === undefined || start < 0 || stop < 0) return undefined;
  return html.slice(0, start + begin.length) + now + html.slice(stop);
}

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** The office's page, made of the directory's; `undefined` where that is not as expected. */
export function officePage(directory: string, id: string, [name, inner]: Offices[string]): string | undefined {
  const site = directory.slice(directory.indexOf(" – ", directory.indexOf("<title>")));
  const title = escape(name) + site.slice(0, site.indexOf("</title>"));
  let html = put(directory, "<title>", "</title>", title);
  // The names of offices are Vietnamese everywhere.
  const lang = directory.includes('<html lang="en">') ? ' lang="vi"' : "";
  html = put(html, '<h1 tabindex="-1"', "</h1>", `${lang}>${escape(name)}`);
  html = put(html, '<div data-prose="" class="prose">', '</div><div role="status">', inner);
  // The same office in the other language.
  return html?.replace(/(<a href="(?:\/en)?\/co-quan)(" lang=)/, (_, before: string, after: string) => `${before}/${id}${after}`);
}
