// oidc-provider as a tenant's token service: client credentials in, RS256 tokens in the shape of actor tokens out.
// Reads one line of JSON, listens on a free port of the loopback, writes {"url"}; POST /roll brings a new key.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import Provider from 'oidc-provider';

const [line] = await new Promise((resolve) => {
  createInterface({ input: process.stdin }).once('line', (text) => resolve([text]));
});
const { issuer, tenant, client, audiences, claims } = JSON.parse(line);

function key() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' };
}

function provider(jwk) {
  return new Provider(issuer, {
    clients: [{
      client_id: client.id,
      client_secret: client.secret,
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
      token_endpoint_auth_method: 'client_secret_post',
    }],
    jwks: { keys: [jwk] },
    routes: { jwks: `/${tenant}/discovery/keys`, token: `/${tenant}/tokens` },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (ctx, resource) => ({
          scope: '',
          audience: audiences[resource],
          accessTokenFormat: 'jwt',
          accessTokenTTL: 3600,
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    extraTokenClaims: () => ({ nbf: Math.floor(Date.now() / 1000), ...claims }),
    formats: {
      customizers: {
        jwt(ctx, token, parts) {
          parts.header = { typ: 'JWT', x5t: jwk.kid };
        },
      },
    },
  }).callback();
}

let answer = provider(key());
const server = createServer((request, response) => {
  if (request.url === '/roll') {
    answer = provider(key());
    response.end();
    return;
  }
  answer(request, response);
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${server.address().port}` })}\n`);
});
