import { expect, test } from 'vitest';
import { readApiWords, shorten } from '../../src/apis/api-words.ts';

test.each([
  ['{"error":"E","message":"the message","msg":"m"}', 'the message'],
  ['{"error":"INVALID","msg":"the msg"}', 'the msg'],
  ['{"error":"No coverage available","latitude":"0"}', 'No coverage available'],
  ['{"error":{"message":"inner"}}', 'inner'],
  ['{"message":null,"detail":"customId taken"}', 'customId taken'],
  [
    '{"detail":[{"loc":["body","customId"],"msg":"field required","type":"missing"},{"loc":["query",0],"msg":"no"}]}',
    'body.customId: field required; query.0: no',
  ],
  ['"just text"', 'just text'],
  ['plain  text\n here', 'plain text here'],
  ['{"other":1}', '{"other":1}'],
  [
    '<html><head><title>403 Forbidden</title><style>p{}</style></head><body><script>alert(1)</script><h1>Forbidden</h1>you &amp; me &#39;x&#x27;</body></html>',
    "403 Forbidden Forbidden you & me 'x'",
  ],
])('%s says %s', (body, words) => {
  expect(readApiWords(body)).toBe(words);
});

test.each(['', '   ', '<html><body></body></html>'])('%j says nothing', (body) => {
  expect(readApiWords(body)).toBeUndefined();
});

test('long words are cut', () => {
  expect(shorten('x'.repeat(400))).toHaveLength(300);
  expect(shorten('short')).toBe('short');
});
