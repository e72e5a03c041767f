// PouchDB 9 as a device, express-pouchdb 4 as its hub, each on LevelDB, PouchDB's usual ground under Node.
import { mkdirSync, readFileSync } from 'node:fs';
import PouchDB from 'pouchdb';
import { hashOf, talk, timed } from './talk.mjs';

const [role, folder, ...more] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });

/** One database of the server, at `/records`. */
async function serve() {
  const { default: express } = await import('express');
  const { default: expressPouch } = await import('express-pouchdb');
  const Local = PouchDB.defaults({ prefix: `${folder}/` });
  const app = express();
  app.use('/', expressPouch(Local, { mode: 'minimumForPouchDB', inMemoryConfig: true, logPath: `${folder}/log.txt` }));
  await new Local('records').info();
  const server = app.listen(0, '127.0.0.1', () => {
    process.stdout.write(JSON.stringify({ listening: `http://127.0.0.1:${server.address().port}` }) + '\n');
  });
  await talk({ hash: async () => hash(new Local('records')) });
}

async function hash(db) {
  const { rows } = await db.allDocs({ include_docs: true });
  return hashOf(rows.map(({ doc: { _id, _rev, ...fields } }) => ({ id: _id, fields })));
}

async function device() {
  const local = new PouchDB(`${folder}/records`);
  const remote = `${more[0]}/records`;
  // A thousand a batch instead of its default hundred: what serves it best.
  const options = { batch_size: 1000, batches_limit: 10 };
  const all = (result) => {
    if (!result.ok && !(result.push?.ok && result.pull?.ok)) throw new Error(JSON.stringify(result));
  };
  await local.info();
  process.stdout.write(JSON.stringify({ ready: true }) + '\n');
  await talk({
    fill: async ({ file }) => {
      const records = JSON.parse(readFileSync(file, 'utf8'));
      const docs = records.map(({ id, fields }) => ({ _id: id, ...fields }));
      const told = await local.bulkDocs(docs);
      if (told.some((one) => one.error)) throw new Error('not all were taken');
    },
    push: async () => ({ seconds: await timed(async () => all(await local.replicate.to(remote, options))) }),
    pull: async () => ({ seconds: await timed(async () => all(await local.replicate.from(remote, options))) }),
    sync: async () => ({ seconds: await timed(async () => all(await local.sync(remote, options))) }),
    hash: async () => hash(local),
  });
}

await (role === 'server' ? serve() : device());
