// What jsforce, unmodified, gets from the service. Reads {url, token, clientId, clientSecret, word,
// subjects} from standard input and writes what every step got, or the error that it was refused
// with, as JSON. What is right is said in tests/clients/test_jsforce.py.
import { text } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import jsforce from 'jsforce';

const given = JSON.parse(await text(process.stdin));
const { url, token, word } = given;

const connect = (accessToken = token, more = {}) => {
  const conn = new jsforce.Connection({ instanceUrl: url, accessToken, ...more });
  for (const bulk of [conn.bulk, conn.bulk2]) {
    bulk.pollInterval = 200; // the worker looks every two seconds
    bulk.pollTimeout = 120_000; // a busy machine takes its time
  }
  return conn;
};
const conn = connect();

/** The error that a call is refused with: its name, as jsforce's users tell errors apart. */
const refusal = async (act) => {
  try {
    return { answered: await act() };
  } catch (error) {
    const { name, errorCode, message, data, content } = error;
    return { name, errorCode, message, fields: data?.fields, content };
  }
};

/** Everything that is done to one record, in the order of its life. */
async function life({ name, values, change, key, named }) {
  const table = conn.sobject(name);
  const { [key]: external, ...others } = values;
  const created = await table.create(values);
  const { id } = created;
  const retrieved = await table.retrieve(id);
  const chosen = await table.retrieve(id, { fields: ['Id', named] });
  const value = retrieved[named];
  const updated = await table.update({ Id: id, ...change });
  const after = await table.retrieve(id);
  const upserted = key === 'Id' ? null : await table.upsert({ [key]: external, ...change }, key);
  const queried = await conn.query(`SELECT Id FROM ${name} WHERE ${named} = '${value}'`);
  const term = value.replaceAll('-', '\\-');
  const found = await conn.search(`FIND {${term}} IN ALL FIELDS RETURNING ${name}(Id)`);
  const destroyed = await table.destroy(id);
  const destroyedAgain = await refusal(() => table.destroy(id));
  const now = Date.now();
  const window = [new Date(now - 300_000), new Date(now + 120_000)];
  const deleted = await table.deleted(...window);
  const undeleted = await conn.soap.undelete([id]);
  const back = await table.retrieve(id);
  const updatedRecords = await table.updated(...window);
  const described = await table.describe();
  const layouts = await table.layouts();
  return {
    created, retrieved, chosen, updated, after, upserted, destroyed, destroyedAgain, undeleted,
    back,
    queried: queried.records.map((record) => record.Id),
    found: found.searchRecords.map((record) => record.Id),
    deleted: deleted.deletedRecords.map((record) => record.id).includes(id),
    updatedRecords: updatedRecords.ids.includes(id),
    described: described.fields.map((field) => field.name),
    layouts: [layouts.layouts.length, layouts.recordTypeMappings[0].recordTypeId],
    recent: Array.isArray(await table.recent()),
  };
}

async function session() {
  const { clientId, clientSecret } = given;
  const own = new jsforce.Connection({ oauth2: { loginUrl: url, clientId, clientSecret } });
  const user = await own.authorize({ grant_type: 'client_credentials' });
  const identity = await own.identity();
  await own.query('SELECT Id FROM User LIMIT 1');
  const usage = own.limitInfo.apiUsage;
  const revoked = own.accessToken;
  await own.logout();
  const refused = await refusal(() => connect(revoked).query('SELECT Id FROM User'));
  let refreshed = 0;
  const refreshFn = (_, callback) => {
    refreshed += 1;
    callback(null, token);
  };
  const renewed = connect('00D000000000001!nonsense', { refreshFn });
  const [first, second, third] = await Promise.all([
    renewed.query('SELECT COUNT() FROM Organization'),
    renewed.describeGlobal(),
    renewed.sobject('User').describe(),
  ]);
  // The SOAP call is told otherwise that its session is over: by a fault.
  const soap = connect('00D000000000001!nonsense', { refreshFn });
  const contact = await conn.sobject('Contact').create({ LastName: word });
  await conn.sobject('Contact').destroy(contact.id);
  const [undeleted] = await soap.soap.undelete([contact.id]);
  return {
    user: [user.id, user.organizationId],
    identity: [identity.user_id, identity.organization_id],
    usage, refused, refreshed,
    renewed: [first.totalSize, second.sobjects.length > 10, third.name],
    undeleted: undeleted.success,
  };
}

async function queries() {
  const account = await conn.sobject('Account').create({ Name: `${word} company` });
  const people = ['Ada', 'Ben', "Cleo O'Hara"].map((name) => ({
    LastName: name, Email: `${word}@example.com`, AccountId: account.id,
  }));
  const made = await conn.sobject('Contact').create(people);
  const contacts = conn.sobject('Contact');
  const ours = { AccountId: account.id };
  const names = (records) => records.map((record) => record.LastName);
  const [parent] = await conn.sobject('Account').find({ Id: account.id }, 'Id, Name')
    .include('Contacts').select('LastName').orderby('LastName', 'DESC').limit(2).end();
  return {
    made: made.map((one) => one.success),
    builder: names(await contacts.find({ ...ours, LastName: { $like: '%e%' } }).sort('-LastName')),
    quoted: names(await contacts.find({ ...ours, LastName: "Cleo O'Hara" })),
    dates: await contacts.count({
      ...ours, CreatedDate: { $gte: jsforce.SfDate.LAST_N_DAYS(2), $ne: null },
    }),
    all: await contacts.select('*, Account.Name').where(ours).limit(1)
      .then(([record]) => [record.Phone, record.Account.Name]),
    children: [parent.Name, parent.Contacts.totalSize, names(parent.Contacts.records)],
    count: (await conn.query(`SELECT COUNT() FROM Contact WHERE AccountId='${account.id}'`)).totalSize,
    grouped: (await conn.query(
      `SELECT AccountId, COUNT(Id) people FROM Contact WHERE AccountId = '${account.id}' GROUP BY AccountId`,
    )).records.map((row) => row.people),
    changed: (await contacts.find(ours).update({ LastName: '${LastName}!' })).map((one) => one.success),
    changedNames: names(await contacts.find(ours).sort('LastName')),
    destroyed: (await contacts.find(ours).destroy()).map((one) => one.success),
    scanned: (await conn.query(`SELECT Id, IsDeleted FROM Contact WHERE AccountId = '${account.id}'`)
      .run({ scanAll: true })).records.map((record) => record.IsDeleted),
    csv: await text(conn.query(`SELECT Id, Name FROM Account WHERE Id = '${account.id}'`).stream('csv')),
    explained: (await conn.query('SELECT Id FROM Account').explain()).plans.map((plan) => plan.sobjectType),
    accountId: account.id,
  };
}

async function pages() {
  const headers = { 'Sforce-Query-Options': 'batchSize=200' };
  const records = Array.from({ length: 450 }, () => ({ Name: `${word} page` }));
  const made = await conn.sobject('Account').create(records, { allowRecursive: true });
  const question = `SELECT Id FROM Account WHERE Name = '${word} page'`;
  const sizes = [];
  let page = await conn.query(question, { headers });
  for (;;) {
    sizes.push(page.records.length);
    if (page.done) break;
    page = await conn.queryMore(page.nextRecordsUrl);
  }
  const fetched = (more) => conn.query(question, { headers, autoFetch: true, ...more });
  const every = await fetched({ maxFetch: 5000 });
  const scanned = await fetched({ maxFetch: 5000, scanAll: true });
  const first = await fetched({ maxFetch: 250 });
  const account = await conn.sobject('Account').create({ Name: `${word} parent` });
  const children = Array.from({ length: 210 }, (_, n) => ({
    LastName: `${n}`, AccountId: account.id,
  }));
  await conn.sobject('Contact').create(children, { allowRecursive: true });
  const nested = `SELECT Id, (SELECT LastName FROM Contacts) FROM Account WHERE Id = '${account.id}'`;
  const [whole] = (await conn.query(nested, { autoFetch: true })).records;
  // Of so many, jsforce makes a bulk job: of the first version, unless told otherwise.
  const found = () => conn.sobject('Account').find({ Name: `${word} page` });
  const worked = (rets) => rets.filter((one) => one.success).length;
  const changed = await found().update({ Site: '${Name}' }, { bulkApiVersion: 2 });
  const destroyed = await found().destroy();
  return {
    changed: worked(changed),
    destroyed: worked(destroyed),
    left: await conn.sobject('Account').count({ Name: `${word} page` }),
    made: made.filter((one) => one.success).length,
    sizes,
    every: new Set(every.records.map((record) => record.Id)).size,
    scanned: scanned.records.length,
    first: [first.records.length, first.totalSize],
    children: new Set(whole.Contacts.records.map((record) => record.LastName)).size,
  };
}

async function collections() {
  const table = conn.sobject('Account');
  const [one, two] = (await table.create([{ Name: 'one' }, { Name: 'two' }])).map(({ id }) => id);
  const outcome = (answers) => answers.map(({ success, errors }) =>
    success ? null : errors[0].statusCode);
  const names = async () => (await table.retrieve([one, two])).map((record) => record?.Name ?? null);
  const long = 'x'.repeat(256);
  const half = outcome(await table.update([{ Id: one, Name: '1' }, { Id: two, Name: long }]));
  const afterHalf = await names();
  const none = outcome(await table.update(
    [{ Id: one, Name: 'I' }, { Id: two, Name: long }], { allOrNone: true }));
  const afterNone = await names();
  const upserted = await table.upsert(
    [{ ExternalId: `${word}a`, Name: 'a' }, { ExternalId: `${word}b`, Name: 'b' }], 'ExternalId');
  const upsertedAgain = await table.upsert([{ ExternalId: `${word}a`, Name: 'A' }], 'ExternalId');
  const destroyed = outcome(await table.destroy([one, two]));
  return {
    half, afterHalf, none, afterNone, destroyed,
    upserted: upserted.map(({ success, created }) => [success, created]),
    upsertedAgain: upsertedAgain.map(({ id, created }) => [id === upserted[0].id, created]),
    afterAll: await names(),
  };
}

async function bulk() {
  const object = 'Account';
  const load = (operation, input, more = {}) =>
    conn.bulk2.loadAndWaitForResults({ object, operation, input, ...more });
  const rows = [0, 1, 2].map((n) => ({ Name: `${word} bulk ${n}`, ExternalId: `${word}-${n}` }));
  const inserted = await load('insert', [...rows, { ExternalId: `${word}-3` }]);
  const ids = inserted.successfulResults.map((row) => row.sf__Id);
  // A stream is sent in chunks, its length unknown.
  const csv = `Id,Name\n${ids.map((id) => `${id},"${word} ""bulk"", new"`).join('\n')}\n`;
  const updated = await load('update', Readable.from([csv.slice(0, 20), csv.slice(20)]));
  const upserted = await load('upsert', [{ ExternalId: `${word}-0`, Name: `${word} bulk up` }], {
    externalIdFieldName: 'ExternalId',
  });
  const question = `SELECT Id, Name FROM Account WHERE ExternalId LIKE '${word}-%' ORDER BY ExternalId`;
  const queried = await (await conn.bulk2.query(question)).toArray();
  const nothing = await load('insert', []);
  const deleted = await load('delete', ids.map((Id) => ({ Id })));
  const scanned = await (await conn.bulk2.query(question, { scanAll: true })).toArray();
  const failed = await refusal(() => load('insert', [{ Colour: 'red' }]));
  const short = ({ successfulResults, failedResults, unprocessedRecords }) => [
    successfulResults.map((row) => row.sf__Created),
    failedResults.map((row) => row.sf__Error),
    unprocessedRecords.length,
  ];
  return {
    inserted: short(inserted), updated: short(updated), upserted: short(upserted),
    nothing: short(nothing), deleted: short(deleted), failed,
    queried: queried.map((row) => row.Name),
    scanned: scanned.length,
  };
}

async function batches() {
  const { bulk } = conn;
  const rows = [0, 1, 2].map((n) => ({ Name: `${word} v1 ${n}`, ExternalId: `${word}-v1-${n}` }));
  const refusedRow = { Name: null, ExternalId: `${word}-v1-3` };
  const inserted = await bulk.load('Account', 'insert', [rows[0], refusedRow, rows[1], rows[2]]);
  const ids = inserted.filter((one) => one.success).map((one) => one.id);
  // A stream is sent in chunks, its length unknown.
  const csv = `Id,Name\n${ids.map((id) => `${id},"${word} ""v1"", new"`).join('\n')}\n`;
  const updated = await bulk.load('Account', 'update', Readable.from([csv.slice(0, 20), csv.slice(20)]));
  const upserted = await bulk.load('Account', 'upsert', { extIdField: 'ExternalId' }, [
    { ExternalId: `${word}-v1-0`, Name: `${word} v1 up` },
    { ExternalId: `${word}-v1-4`, Name: `${word} v1 four` },
  ]);
  const question = `SELECT Name FROM Account WHERE ExternalId LIKE '${word}-v1-%' ORDER BY ExternalId`;
  const queried = await (await bulk.query(question)).toArray();
  const job = bulk.createJob('Account', 'delete', { concurrencyMode: 'Serial' });
  const halves = await Promise.all([ids.slice(0, 1), ids.slice(1)].map(async (half) => {
    const batch = job.createBatch();
    batch.on('queue', () => batch.poll(200, 120_000));
    return batch.execute(half.map((Id) => ({ Id })));
  }));
  const listed = await job.list();
  const info = await job.check();
  const closed = await job.close();
  const aborted = bulk.createJob('Account', 'insert');
  await aborted.open();
  const { state } = await aborted.abort();
  const short = (rets) => rets.map((one) => [one.success, one.created, one.errors]);
  return {
    inserted: short(inserted), updated: short(updated), upserted: short(upserted),
    queried: queried.map((row) => row.Name),
    deleted: short(halves.flat()),
    batches: listed.map((one) => one.state),
    job: [info.state, info.numberBatchesCompleted, info.numberRecordsProcessed, closed.state, state],
    failed: await refusal(() => bulk.load('Account', 'insert', [{ Colour: 'red' }])),
    noQuery: await refusal(() => bulk.query('SELECT Colour FROM Account')),
    noObject: await refusal(() => bulk.load('Voucher', 'insert', [{ Name: 'x' }])),
    noSession: await refusal(
      () => connect('00D000000000001!nonsense').bulk.load('Account', 'insert', [{ Name: 'x' }])),
  };
}

async function service() {
  const described = await conn.describeGlobal();
  const limits = await conn.limits();
  const [promotion, contact] = [
    await conn.sobject('Promotion').create({
      Name: word, IsActive: true, IsEnrollmentRequired: true,
    }),
    await conn.sobject('Contact').create({ LastName: `${word} enrolled` }),
  ];
  const body = {
    inputParameters: [{ contact: { id: contact.id }, promotion: { id: promotion.id } }],
  };
  const enroll = () => conn.requestPost(
    `${conn._baseUrl()}/global-promotions-management/promotion-enrollments`, body);
  const enrolled = await enroll();
  const usages = conn.sobject('PromotionPartyUsage');
  const id = enrolled.results[0].promotionPartyUsageId;
  await usages.update({ Id: id, IsPartyEnrolled: false });
  const withdrawn = await usages.retrieve(id, { fields: ['IsPartyEnrolled', 'WithdrawnDate'] });
  await usages.update({ Id: id, IsPartyEnrolled: true });
  const again = await usages.retrieve(id, { fields: ['IsPartyEnrolled', 'WithdrawnDate'] });
  return {
    maxBatchSize: described.maxBatchSize,
    names: described.sobjects.map((one) => one.name),
    limits: ['DataStorageMB', 'FileStorageMB', 'DailyApiRequests'].map(
      (name) => limits[name].Max > 0 && limits[name].Remaining >= 0),
    layouts: {
      compact: Object.keys(await conn.sobject('Account').compactLayouts()),
      approval: Object.keys(await conn.sobject('Account').approvalLayouts()),
      named: (await conn.sobject('User').layouts('UserAlt')).layouts.length,
    },
    tabs: Array.isArray(await conn.tabs()),
    theme: Array.isArray((await conn.theme()).themeItems),
    recent: Array.isArray(await conn.recent(2)),
    enrolledTwice: await refusal(enroll),
    withdrawn: [withdrawn.IsPartyEnrolled, withdrawn.WithdrawnDate === null],
    again: [again.IsPartyEnrolled, again.WithdrawnDate],
  };
}

async function errors() {
  const promotions = conn.sobject('Promotion');
  const contacts = conn.sobject('Contact');
  const nobody = '003000999999999';
  const gone = await contacts.create({ LastName: word });
  await contacts.destroy(gone.id);
  for (const _ of [1, 2]) await promotions.create({ Name: `${word}twice` });
  const base = conn._baseUrl();
  const calls = {
    'unknown field': () => promotions.create({ Name: 'May', Colour: 'red' }),
    'read-only field': () => promotions.create({ Name: 'May', CreatedDate: '2026-05-01T00:00:00Z' }),
    'required field missing': () => promotions.create({ Description: 'x' }),
    'text too long': () => promotions.create({ Name: 'x'.repeat(256) }),
    'number too large': () => promotions.create({ Name: 'May', PriorityNumber: 1e12 }),
    'no picklist value': () => promotions.create({ Name: 'May', DiscountOrder: 'Random' }),
    'end before start': () => promotions.create({
      Name: 'May', StartDateTime: '2026-05-02T00:00:00Z', EndDateTime: '2026-05-01T00:00:00Z',
    }),
    'external id taken': async () => {
      await contacts.create({ LastName: 'first', ExternalId: `${word}x` });
      await contacts.create({ LastName: 'second', ExternalId: `${word}x` });
    },
    'reference of the wrong kind': () => contacts.create({ LastName: 'x', AccountId: nobody }),
    'reference to nothing': () => contacts.create({ LastName: 'x', AccountId: '001000999999999' }),
    'query that is none': () => conn.query('SELECT FROM Account'),
    'query of an unknown object': () => conn.query('SELECT Id FROM Voucher'),
    'query of an unknown field': () => conn.query('SELECT Colour FROM Account'),
    'page that there is not': () => conn.queryMore(`${base}/query/01g${'0'.repeat(15)}-2000`),
    'search that is none': () => conn.search('FIND x'),
    'unknown object': () => conn.sobject('Voucher').create({ Name: 'x' }),
    'unknown record': () => contacts.retrieve(nobody),
    'id that is none': () => contacts.retrieve('xyz'),
    'deleted record': () => contacts.update({ Id: gone.id, Phone: '1' }),
    'several records of one name': () => promotions.upsert({ Name: `${word}twice` }, 'Name'),
    'unknown resource': () => conn.request(`${base}/vouchers`),
    'no session': () => connect('00D000000000001!nonsense').query('SELECT Id FROM Account'),
    'broken JSON': () => conn.request({
      method: 'POST', url: `${base}/sobjects/Account`, body: '{"Name":',
      headers: { 'Content-Type': 'application/json' },
    }),
  };
  const refused = {};
  for (const [name, act] of Object.entries(calls)) refused[name] = await refusal(act);
  return refused;
}

const steps = { session, queries, pages, collections, bulk, batches, service, errors };
const outcome = {};
for (const subject of given.subjects) {
  outcome[subject.name] = await refusal(() => life(subject));
}
for (const [name, step] of Object.entries(steps)) outcome[name] = await refusal(step);
process.stdout.write(JSON.stringify(outcome));
