// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// A provider of OpenID Connect for a test: prints its issuer's URL, then answers a JSON command a line with a line. Ends with its input.
// {"do": "rotate", "alg": "ES256", "kid": "k2", "withdraw": true} makes another key the one that signs, and withdraws the others if asked.
// {"do": "token", "claims": {...}} gives a token with these claims over its own.
'use strict';
const { OAuth2Server, JWKStore } = require(require.resolve('oauth2-mock-server', { paths: [process.argv[2]] }));

async function main() {
  const server = new OAuth2Server();
  // The provider has no way to withdraw a key: its key store is one that the test exchanges.
  let store = new JWKStore();
  let signing = await store.generate('RS256', { kid: 'k1' });
  Object.defineProperty(server.issuer, 'keys', { get: () => store });
  await server.start(0, '127.0.0.1');
  console.log(server.issuer.url);

  const commands = {
    async rotate({ alg, kid, withdraw }) {
      if (withdraw) {
        store = new JWKStore();
      }
      signing = await store.generate(alg, { kid });
      return kid;
    },
    token: ({ claims }) =>
      server.issuer.buildToken({ kid: signing.kid, scopesOrTransform: (header, payload) => Object.assign(payload, claims) }),
  };
  const lines = require('node:readline').createInterface({ input: process.stdin });
  for await (const line of lines) {
    const command = JSON.parse(line);
    console.log(await commands[command.do](command));
  }
  process.exit(0);
}

main();
