// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Connect's own client against a server: node connectclient.mjs URL TOKEN. Prints one JSON object of what it was told.
// Runs in the folder that has the npm packages and the code that protoc-gen-es made of proto/.
import { createClient, ConnectError, Code } from '@connectrpc/connect';
import { createConnectTransport } from '@connectrpc/connect-node';
import { Users, Devices, Audit } from './satchel/v1/admin_pb.js';
import { ErrorReason, ErrorSchema } from './satchel/v1/error_pb.js';

const [url, token] = process.argv.slice(2);

function clientOf(service, useBinaryFormat, bearer = token) {
  const withToken = (next) => (request) => {
    request.header.set('Authorization', `Bearer ${bearer}`);
    request.header.set('Satchel-Reason', 'ticket 4711');
    return next(request);
  };
  return createClient(service, createConnectTransport({ baseUrl: url, httpVersion: '1.1', useBinaryFormat, interceptors: [withToken] }));
}

async function failureOf(promise) {
  try {
    await promise;
    return null;
  } catch (error) {
    const failed = ConnectError.from(error);
    const detail = failed.findDetails(ErrorSchema)[0];
    return { code: Code[failed.code], message: failed.rawMessage, reason: detail ? ErrorReason[detail.reason] : null };
  }
}

async function allUsers(useBinaryFormat) {
  const users = clientOf(Users, useBinaryFormat);
  const names = [];
  let next = '';
  do {
    const page = await users.list({ filter: 'user:a* events>0', order: '-user', page: { size: 2, token: next } });
    names.push(...page.users.map((user) => user.user));
    next = page.nextToken;
  } while (next !== '');
  return names;
}

const cancelled = new AbortController();
cancelled.abort();
const device = (await clientOf(Devices, true).list({ filter: 'user:anna' })).devices[0];
const usersAsProtobuf = await allUsers(true);
const usersAsJson = await allUsers(false);
const records = await clientOf(Audit, true).query({ filter: 'action:Users/List outcome:ok' });
console.log(
  JSON.stringify({
    usersAsProtobuf,
    usersAsJson,
    deviceBytes: device.device.id.length,
    heads: Number((await clientOf(Users, false).get({ user: 'anna' })).user.head),
    reasons: [...new Set(records.entries.map((entry) => entry.personal.reason))],
    wrongFilter: await failureOf(clientOf(Users, true).list({ filter: 'usr:a' })),
    wrongFilterAsJson: await failureOf(clientOf(Users, false).list({ filter: 'usr:a' })),
    wrongToken: await failureOf(clientOf(Users, true, 'nonsense').list({})),
    unknownUser: await failureOf(clientOf(Users, true).get({ user: 'nobody' })),
    cancelled: await failureOf(clientOf(Users, true).list({}, { signal: cancelled.signal })),
  }),
);
