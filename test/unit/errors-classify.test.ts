import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { causesOf } from '../../src/lib/errors/causes.ts'
import { classify } from '../../src/lib/errors/classify.ts'
import { describeFailure } from '../../src/lib/errors/describe-failure.ts'
import { exitCodeOf, exitCodes } from '../../src/lib/errors/exit-codes.ts'
import { ToolkitError } from '../../src/lib/errors/toolkit-error.ts'
import { failure } from '../../src/lib/records/failure.ts'

/** The error that a promise is rejected with. */
const thrownBy = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.unreachable('it should have failed'),
    (error: unknown) => error,
  )

describe('exit codes', () => {
  it('are those of the contract', () => {
    const numbers = Object.fromEntries(Object.entries(exitCodes).map(([name, { exitCode }]) => [name, exitCode]))
    expect(numbers).toEqual({
      ok: 0,
      negative: 1,
      usage: 2,
      timeout: 3,
      unreachable: 4,
      security: 5,
      protocol: 6,
      local: 7,
      bug: 70,
      interrupted: 130,
      terminated: 143,
    })
    expect(exitCodeOf('security')).toBe(5)
  })
})

describe('classify', () => {
  it('calls a missing file, a directory and a taken name local', async () => {
    const failing = [() => readFile(join(tmpdir(), 'p2p-absent')), () => readFile(tmpdir()), () => mkdir(tmpdir())]
    for (const attempt of failing) {
      const error = await thrownBy(attempt())
      expect(classify(error)).toMatchObject({ code: 'local', cause: error })
    }
  })

  it('calls a busy port local', async () => {
    const first = createServer().listen(0, '127.0.0.1')
    await once(first, 'listening')
    const address = first.address()
    if (typeof address !== 'object' || address === null) return expect.unreachable()
    const [error] = await once(createServer().listen(address.port, '127.0.0.1'), 'error')
    first.close()
    expect(classify(error).code).toBe('local')
  })

  it('finds the code of a cause, however deep', () => {
    const root = Object.assign(new Error('no'), { code: 'EMFILE' })
    expect(classify(new Error('a', { cause: new AggregateError([new Error('b', { cause: root })]) })).code).toBe(
      'local',
    )
  })

  it('keeps what is classified, wrapped or not', () => {
    const error = new ToolkitError('security', 'wrong peer')
    expect(classify(error)).toBe(error)
    expect(classify(new Error('wrapped', { cause: error }))).toBe(error)
  })

  it.each([
    ['a type error', new TypeError('x is not a function'), 'bug'],
    ['a string', 'thrown text', 'bug'],
    ['undefined', undefined, 'bug'],
    ['null', null, 'bug'],
  ])('gives %s a place', (_name, error, code) => {
    expect(classify(error).code).toBe(code)
  })
})

describe('describeFailure', () => {
  it('makes one line of the message and passes the schema', () => {
    const error = new ToolkitError('local', 'two\n  lines', { layer: 'identity', cause: new TypeError('below') })
    const described = failure.parse(describeFailure(error))
    expect(described).toEqual({
      code: 'local',
      exitCode: 7,
      layer: 'identity',
      message: 'two lines',
      addresses: [],
      causes: [{ name: 'TypeError', message: 'below' }],
      suggestions: [],
    })
  })

  it('cuts a cyclic chain of causes and one without end', () => {
    const cyclic = new Error('a')
    cyclic.cause = new Error('b', { cause: cyclic })
    expect(causesOf(cyclic)).toEqual([{ name: 'Error', message: 'b' }])
    let long = new Error('root')
    for (let i = 0; i < 10_000; i++) long = new Error('x'.repeat(5000), { cause: long })
    expect(causesOf(long)).toHaveLength(16)
    expect(causesOf(long)[0]?.message).toHaveLength(2000)
  })

  it('shows what a system call said, with its code', () => {
    const { error } = spawnSync('/p2p-no-such-program')
    expect(causesOf(new Error('outer', { cause: error }))).toEqual([
      expect.objectContaining({ name: 'Error', code: 'ENOENT' }),
    ])
  })
})
