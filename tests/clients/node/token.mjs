// openid-client asks a token endpoint by client credentials: one question as JSON on standard input, one answer out.
import * as oauth from 'openid-client';

let text = '';
for await (const part of process.stdin) text += part;
const { issuer, endpoint, id, secret, way, scope } = JSON.parse(text);
const ways = { post: oauth.ClientSecretPost, basic: oauth.ClientSecretBasic };
const config = new oauth.Configuration({ issuer, token_endpoint: endpoint }, id, undefined, ways[way](secret));
let answer;
try {
  answer = { ...await oauth.clientCredentialsGrant(config, scope ? { scope } : {}) };
} catch (error) {
  answer = { failed: error.error ?? error.code ?? String(error), status: error.status };
}
process.stdout.write(`${JSON.stringify(answer)}\n`);
