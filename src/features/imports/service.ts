/** Imports: uploads, state and results, in the language of the caller. */
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { catalogueWrites } from '../../catalogues/writes.ts';
import type { Clock } from '../../core/clock.ts';
import { type Language, say } from '../../core/languages.ts';
import type { Database } from '../../database/database.ts';
import { revisionIn } from '../../database/revision.ts';
import type { Computed } from '../../http/answers.ts';
import { faults as faultMessages, problems } from '../../http/messages.ts';
import { type PageQuery, pageRequest, toPage } from '../../http/pages.ts';
import { Problem } from '../../http/problems.ts';
import { once } from '../../log/once.ts';
import type { Caller } from '../../log/service.ts';
import type { FileHead } from '../../sheets/reading/rows.ts';
import type { ReportedFault } from './fault-sheet.ts';
import { type FileFault, faultInFile, faultInWords } from './faults.ts';
import { type ImportEntity, Mapping } from './importable.ts';
import { type ImportLimits, importLimits } from './limits.ts';
import { outcomeOf, reportedOf, rowFaultCount, shownFaults } from './outcome.ts';
import { linesOf } from './reports.ts';
import * as repository from './repository.ts';
import { roomFor } from './room.ts';
import type { Runner } from './runner.ts';
import { fileFormats, type Import, type ImportQuery, mappings } from './schema.ts';
import type { ImportRequest, StoredProblem } from './steps.ts';
import { importId, type Upload, type Uploads } from './uploads.ts';

/** The entities that editors may import; the others require an administrator. */
const EDITORS: ReadonlySet<ImportEntity> = new Set(['projects', 'funds', 'enterprises', 'contacts']);

export interface ImportCaller extends Caller {
  role: string | null;
}

export type Asked = Omit<ImportQuery, 'mapping' | 'lang' | 'filename'> & {
  /** Code of a stored mapping, or a mapping itself. */
  mapping?: string | Mapping | undefined;
};

export interface ImportService {
  /** @throws Problem 403, 404 or 422 for errors that do not depend on the file */
  expectAllowed(
    caller: ImportCaller,
    asked: Asked,
  ): Promise<{ entity: ImportEntity; mapping: Mapping | null }>;
  /**
   * Receives a file.
   * @param announced its size in bytes according to the client, if given
   * @returns the id of the future import
   * @throws Problem 429, 503 or 507 if there is no room for it
   */
  receive(
    caller: ImportCaller,
    stream: Readable,
    about: Pick<Upload, 'name' | 'format'>,
    announced?: number,
  ): Promise<{ id: string; upload: Upload }>;
  /** Deletes a received file. */
  discard(id: string): Promise<void>;
  /**
   * Starts the import of a received file, once per `Idempotency-Key` of the caller.
   * @throws Replayed if it was started before; the file is then deleted
   */
  begin(caller: ImportCaller, asked: Asked, id: string, upload: Upload): Promise<string>;
  /** Waits for an import of this process, up to the given time. @returns whether it has ended */
  settled(id: string, milliseconds: number): Promise<boolean>;
  /** The imports sent by the caller; all for an administrator. */
  list(caller: ImportCaller, query: PageQuery, language: Language): Promise<Computed>;
  /** @throws Problem 403 for imports of others, unless the caller is an administrator */
  read(caller: ImportCaller, id: string, language: Language): Promise<Import>;
  /** The problem with which an import ended, if any. */
  problemOf(id: string): Promise<Problem | null>;
  /**
   * The faults in the order of rows, then the counts of those not listed.
   * @throws Problem 404 if the report has been deleted
   */
  allFaults(id: string): Promise<AsyncIterable<ReportedFault>>;
  /** @throws Problem 403 for imports of others, 409 if it has ended or runs elsewhere */
  cancel(caller: ImportCaller, id: string): Promise<void>;
}

const SORT = '-createdAt';

export function importService(
  { database, clock }: { database: Database; clock: Clock },
  uploads: Uploads,
  runner: Runner,
  limits: ImportLimits = importLimits,
): ImportService {
  const room = roomFor({ database }, uploads, runner, limits);
  const storedMappings = catalogueWrites(mappings, clock);

  async function existing(id: string): Promise<repository.ImportRecord> {
    const record = await repository.findImport(database.read, id);
    if (!record) {
      throw new Problem('imports.not_found', { values: { id: id.slice(0, 64), days: limits.keptDays } });
    }
    return record;
  }

  async function sentBy(caller: ImportCaller, id: string): Promise<repository.ImportRecord> {
    const record = await existing(id);
    if (caller.role !== 'admin' && record.caller !== caller.id) throw new Problem('imports.not_yours');
    return record;
  }

  async function mappingOf(given: string | Mapping | undefined): Promise<Mapping | null> {
    if (given === undefined) return null;
    if (typeof given !== 'string') return given;
    return Mapping.parse((await storedMappings.existing(database.read, given)).definition);
  }

  const toImport = (record: repository.ListedImport, language: Language): Import => {
    const { id, status, rowsDone, actor, createdAt, finishedAt } = record;
    const request = record.request as unknown as ImportRequest;
    const head = record.file as unknown as FileHead | null;
    const outcome = outcomeOf(record);
    const { faults: _, faultsOfFile, unreported, changes, ...counts } = outcome;
    const problem = record.problem as unknown as StoredProblem | null;
    const progress = runner.progress(id);
    const sheet = head?.sheet ?? null;
    return {
      id,
      status: status as Import['status'],
      mode: request.mode,
      entity: request.entity,
      partial: request.partial ?? false,
      committed: request.mode === 'commit' && rowsDone > 0 && counts.created + counts.changed > 0,
      progress: {
        phase: status === 'running' ? (progress?.phase ?? 'waiting') : null,
        bytesRead: progress?.bytesRead ?? (head ? request.bytes : 0),
        bytes: request.bytes,
        rowsRead: progress?.rowsRead ?? counts.rows,
        rowsDone: progress?.rowsDone ?? counts.rows,
        rowsRefused: progress?.rowsRefused ?? counts.refused,
      },
      file: {
        name: request.name,
        bytes: request.bytes,
        format: fileFormats.find((one) => one === (head?.format ?? request.format)) ?? null,
        sheet,
        otherSheets: head?.otherSheets ?? [],
        encoding: head?.encoding ?? null,
        headingRow: head?.headingRow ?? null,
        columns: head?.columns ?? [],
        ignored: head?.ignored ?? [],
        warnings: (head?.warnings ?? []).map(({ row, column, code, values }) => ({
          row,
          column,
          code,
          message: say(faultMessages[code], language, values),
        })),
      },
      ...counts,
      changes,
      faults: shownFaults(outcome).map((fault) => faultInWords(fault, sheet, language)),
      unreported,
      problem: problem && {
        code: problem.kind,
        detail: say(problems[problem.kind], language, problem.values),
      },
      actor,
      createdAt,
      finishedAt,
      links: {
        self: `/v1/imports/${id}`,
        faults: counts.faultCount > 0 ? `/v1/imports/${id}/faults` : null,
      },
    };
  };

  async function expectAllowed({ role }: ImportCaller, asked: Asked) {
    const mapping = await mappingOf(asked.mapping);
    const entity = asked.entity ?? mapping?.entity ?? 'projects';
    if (mapping && mapping.entity !== entity) {
      throw new Problem('imports.other_entity', { values: { mapped: mapping.entity, asked: entity } });
    }
    if (role !== 'admin' && !EDITORS.has(entity)) {
      throw new Problem('access.role', { values: { needed: 'admin', role: role ?? '' } });
    }
    return { entity, mapping };
  }

  /** Runs the first step for an uploaded file, and deletes the file if that fails. */
  async function orRemove<T>(id: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      await discard(id);
      throw error;
    }
  }

  async function discard(id: string): Promise<void> {
    room.giveBack(id);
    await uploads.remove(id);
  }

  async function settled(id: string, milliseconds: number): Promise<boolean> {
    const controller = new AbortController();
    const late = sleep(milliseconds, undefined, { signal: controller.signal }).catch(() => {});
    await Promise.race([runner.ended(id), late]);
    controller.abort();
    return (await existing(id)).status !== 'running';
  }

  return {
    expectAllowed,

    receive: async (caller, stream, about, announced = Number.POSITIVE_INFINITY) => {
      const id = importId(clock.milliseconds());
      await room.take(id, caller.id ?? null, Math.min(announced, uploads.limitOf(about.format)));
      return orRemove(id, async () => ({ id, upload: await uploads.receive(id, stream, about) }));
    },

    discard,

    begin: async (caller, asked, id, upload) => {
      const { entity, mapping } = await orRemove(id, () => expectAllowed(caller, asked));
      const { mapping: _, ...options } = asked;
      const request: ImportRequest = {
        ...options,
        entity,
        mapping,
        format: upload.format ?? undefined,
        name: upload.name,
        bytes: upload.bytes,
        regions: caller.regions,
      };
      const record: repository.ImportRecord = {
        id,
        caller: caller.id ?? null,
        actor: caller.actor,
        requestId: caller.requestId,
        request: { ...request },
        status: 'running',
        file: null,
        rowsDone: 0,
        outcome: null,
        shown: null,
        problem: null,
        owner: runner.owner,
        createdAt: clock.now(),
        seenAt: clock.now(),
        finishedAt: null,
        bytes: upload.bytes,
      };
      await orRemove(id, () =>
        once(
          { database, clock },
          caller,
          async (tx) => {
            await repository.insertImport(tx, record);
            return id;
          },
          // What failed for want of room, say, may succeed when it is sent again.
          {
            isLogged: false,
            isVoid: async (tx, { body }) =>
              (await repository.findImport(tx, JSON.parse(body).id))?.status === 'failed',
          },
        ),
      );
      runner.start(record);
      room.giveBack(id);
      return id;
    },

    settled,

    list: (caller, query, language) =>
      database.page(async (reader) => {
        // Callers who are not administrators always have a key, with an id.
        const sender = caller.role === 'admin' ? null : (caller.id ?? '');
        const { importSortKeys, importTieBreaker } = repository;
        const request = pageRequest(query, importSortKeys, SORT, importTieBreaker);
        const revision = await revisionIn(reader);
        const rows = await repository.listImports(reader, request, sender);
        const total = await repository.countImports(reader, sender);
        return {
          revision,
          body: toPage(request, rows, total, revision.seq, (row) => toImport(row, language)),
        };
      }),

    read: async (caller, id, language) => toImport(await sentBy(caller, id), language),

    problemOf: async (id) => {
      const record = await existing(id);
      const problem = record.problem as unknown as StoredProblem | null;
      if (!problem) return null;
      const outcome = outcomeOf(record);
      const sheet = (record.file as unknown as FileHead | null)?.sheet ?? null;
      return new Problem(problem.kind, {
        ...(problem.values && { values: problem.values }),
        ...(outcome.faultCount > 0 && {
          faults: shownFaults(outcome).map((fault) => faultInFile(fault, sheet)),
        }),
        headers: { location: `/v1/imports/${id}` },
      });
    },

    allFaults: async (id) => {
      const record = await existing(id);
      const outcome = outcomeOf(record);
      const { faultsOfFile, unreported } = outcome;
      const files = await uploads.allFaults(id);
      if (rowFaultCount(outcome) > 0 && files.length === 0) {
        throw new Problem('imports.report_gone', { values: { days: limits.keptDays } });
      }
      const sheet = (record.file as unknown as FileHead | null)?.sheet ?? null;
      return (async function* () {
        for (const fault of faultsOfFile) yield { sheet, ...fault };
        for (const file of files) {
          for await (const lines of linesOf(file)) {
            for (const line of lines) yield { sheet, ...(JSON.parse(line) as FileFault) };
          }
        }
        const reported = reportedOf(outcome);
        for (const [code, count] of Object.entries(unreported)) yield { code, count, reported };
      })();
    },

    cancel: async (caller, id) => {
      const { status } = await sentBy(caller, id);
      if (status !== 'running') throw new Problem('imports.finished', { values: { status } });
      const isHere = runner.cancel(id);
      await settled(id, limits.answeredMs);
      const { status: now } = await existing(id);
      // If the import finished before it noticed the cancellation, its result stands.
      if (now !== 'running' && now !== 'cancelled') {
        throw new Problem('imports.finished', { values: { status: now } });
      }
      if (!isHere) throw new Problem('imports.elsewhere');
    },
  };
}
