/** What an endpoint says; the server adds `x-request-id` and the length. */
export interface Answer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

/** A JSON answer. */
export function answerJson(status: number, body: unknown, headers: Answer['headers'] = {}): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

/** An answer whose JSON text is there already: a month of points is written faster by hand than by `JSON.stringify`. */
export function answerJsonText(status: number, body: string): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body };
}

/** An HTML page, as front proxies answer (watttime contract, "GET /login"). */
export function answerHtml(status: number, title: string): Answer {
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;
  return { status, headers: { 'content-type': 'text/html' }, body };
}
