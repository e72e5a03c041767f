// automerge-repo 2.5: a device and the websocket server, each with its storage in files.
import { mkdirSync, readFileSync } from 'node:fs';
import { Repo } from '@automerge/automerge-repo';
import { WebSocketClientAdapter, WebSocketServerAdapter } from '@automerge/automerge-repo-network-websocket';
import { NodeFSStorageAdapter } from '@automerge/automerge-repo-storage-nodefs';
import { WebSocketServer } from 'ws';
import { hashOf, talk, timed } from './talk.mjs';

const [role, folder, ...more] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const storage = new NodeFSStorageAdapter(folder);

const plain = (doc) => JSON.parse(JSON.stringify(doc));

/** Waits until each document stands here with these heads, and is on its storage. */
async function holds(repo, wanted) {
  const here = (id) => repo.handles[id]?.isReady() && JSON.stringify(repo.handles[id].heads()) === JSON.stringify(wanted[id]);
  // In order, and no further than the first that is missing: asking all of them all the time would be what is measured.
  for (const id of Object.keys(wanted)) {
    while (!here(id)) await new Promise((done) => setTimeout(done, 5));
  }
  await repo.flush(Object.keys(wanted));
}

function hash(repo, names) {
  const records = Object.entries(names).map(([name, id]) => ({ id: name, fields: plain(repo.handles[id].doc()) }));
  return hashOf(records);
}

async function serve() {
  const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  const repo = new Repo({ network: [new WebSocketServerAdapter(sockets)], storage, sharePolicy: async () => false });
  await new Promise((done) => sockets.on('listening', done));
  process.stdout.write(JSON.stringify({ listening: `ws://127.0.0.1:${sockets.address().port}` }) + '\n');
  await talk({
    holds: async ({ heads }) => holds(repo, heads),
    hash: async ({ names }) => hash(repo, names),
  });
}

async function device() {
  const repo = new Repo({ storage });
  const connect = () => repo.networkSubsystem.addNetworkAdapter(new WebSocketClientAdapter(more[0]));
  process.stdout.write(JSON.stringify({ ready: true }) + '\n');
  await talk({
    // Makes the documents without a network; answers which document each record is, and their heads.
    fill: async ({ file }) => {
      const names = {};
      const heads = {};
      for (const { id, fields } of JSON.parse(readFileSync(file, 'utf8'))) {
        const handle = repo.create(fields);
        names[id] = handle.documentId;
        heads[handle.documentId] = handle.heads();
      }
      await repo.flush(Object.values(names));
      return { names, heads };
    },
    connect: async () => connect(),
    pull: async ({ heads }) => ({
      seconds: await timed(async () => {
        connect();
        await Promise.all(Object.keys(heads).map((id) => repo.find(`automerge:${id}`)));
        await holds(repo, heads);
      }),
    }),
    hash: async ({ names }) => hash(repo, names),
  });
}

await (role === 'server' ? serve() : device());
