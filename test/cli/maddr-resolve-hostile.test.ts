import { describe, expect, it } from 'vitest'
import { only, run, shell } from '../support/cli.ts'
import { startNameServer, type Zone } from '../support/name-server.ts'
import type { AnyRecord } from '../support/records.ts'

const id = 'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N'
const nodesOf = (records: AnyRecord[]) => records.filter((record) => record.type === 'resolved')
const list = (length: number, entry: (index: number) => string) => Array.from({ length }, (_, index) => entry(index))

async function resolve(zone: Zone, address: string) {
  return await run(['maddr', 'resolve', '--json', '--dns', await startNameServer(zone), address])
}

describe('a hostile zone', () => {
  it('that leads in a loop ends, and says so', async () => {
    const zone = {
      '_dnsaddr.a.test': { txt: ['dnsaddr=/dnsaddr/b.test'] },
      '_dnsaddr.b.test': { txt: ['dnsaddr=/dnsaddr/a.test'] },
    }
    const { code, records } = await resolve(zone, '/dnsaddr/a.test')
    expect(code).toBe(4)
    expect(nodesOf(records).map(({ problem }) => problem)).toEqual([undefined, undefined, 'loop'])
    expect(only(records, 'error').error.message).toContain('loop')
  })

  it('that goes ever deeper is followed four times', async () => {
    const zone = Object.fromEntries(
      list(50, String).map((at) => [`_dnsaddr.n${at}.test`, { txt: [`dnsaddr=/dnsaddr/n${Number(at) + 1}.test`] }]),
    )
    const { code, records } = await resolve(zone, '/dnsaddr/n0.test')
    expect(code).toBe(4)
    expect(nodesOf(records).map(({ depth, problem }) => [depth, problem])).toEqual([
      [0, undefined],
      [1, undefined],
      [2, undefined],
      [3, undefined],
      [4, 'too-deep'],
    ])
    expect(only(records, 'summary').lookUps).toBe(4)
  })

  it('that multiplies itself at every level is bounded', async () => {
    const txt = list(100, (index) => `dnsaddr=/dnsaddr/n${index}.bomb.test`)
    const zone = Object.fromEntries(list(100, (index) => `_dnsaddr.n${index}.bomb.test`).map((name) => [name, { txt }]))
    const { code, records } = await resolve(zone, '/dnsaddr/n0.bomb.test')
    expect(code).toBe(4)
    expect(records.length).toBeLessThan(200)
    expect(only(records, 'summary').lookUps).toBeLessThanOrEqual(64)
    expect(only(records, 'summary').passedOver).toBeGreaterThan(0)
  })

  it('of 10,000 addresses gives 64, and counts the others', async () => {
    const names = list(5, (index) => `n${index}.big.test`)
    const zone: Zone = { '_dnsaddr.big.test': { txt: names.map((name) => `dnsaddr=/dnsaddr/${name}`) } }
    for (const name of names) zone[`_dnsaddr.${name}`] = { txt: list(2000, (index) => `dnsaddr=/tcp/${index}`) }
    const { code, records } = await resolve(zone, '/dnsaddr/big.test')
    expect(code).toBe(0)
    expect(only(records, 'summary')).toMatchObject({ leaves: 64, lookUps: 2, passedOver: 1936 + 4 })
    expect(records.length).toBeLessThan(80)
  })

  it('of 4,000 IP addresses of one host gives 64', async () => {
    const a = list(4000, (index) => `10.0.${Math.floor(index / 250)}.${index % 250}`)
    const { code, records } = await resolve({ 'many.test': { a } }, '/dns4/many.test/tcp/1')
    expect(code).toBe(0)
    expect(only(records, 'summary')).toMatchObject({ leaves: 64, passedOver: 3936 })
  })

  it('of records that are of no use shows some of them', async () => {
    const txt = list(1500, (index) => (index % 2 === 0 ? `dnsaddr=/nonsense/${index}` : `junk ${index}`))
    const { code, records } = await resolve({ '_dnsaddr.junk.test': { txt } }, '/dnsaddr/junk.test')
    expect(code).toBe(4)
    expect(only(records, 'summary')).toMatchObject({ leaves: 0, deadEnds: 1, dropped: 1500 })
    expect(nodesOf(records).at(-1)).toMatchObject({ problem: 'not-shown', count: 1484 })
    expect(records.length).toBeLessThan(25)
  })

  it('with a TXT record of 60 kB, which is neither read nor repeated whole', async () => {
    const record = `dnsaddr=/ip4/192.0.2.1/tcp/1/p2p/${'1'.repeat(60_000)}`
    const dns = await startNameServer({ '_dnsaddr.long.test': { txt: [record] } })
    const args = ['maddr', 'resolve', '--dns', dns, '/dnsaddr/long.test']
    const json = await run([...args, '--json'])
    expect([json.code, nodesOf(json.records)[1]?.problem]).toEqual([4, 'too-long'])
    expect(json.stdout.length).toBeLessThan(6000)
    expect((await run(args)).stdout.length).toBeLessThan(1000)
  })

  it('with escapes, bidi marks and line ends in its records prints none of them', async () => {
    const txt = [
      'dnsaddr=/dns4/\x1b[31mevil\x1b[0m.test/tcp/1',
      'dnsaddr=\x1b]0;owned\x07',
      'v=\u202espf\r\n1',
      `dnsaddr=/ip4/192.0.2.1/tcp/1/http-path/%1b%5b2J/p2p/${id}`,
    ]
    const dns = await startNameServer({ '_dnsaddr.evil.test': { txt } })
    const args = ['maddr', 'resolve', '--dns', dns, '/dnsaddr/evil.test']
    const { code, stdout, stderr } = await run(args)
    expect(code).toBe(0)
    expect(stdout + stderr).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/)
    expect(stdout.trimEnd().split('\n')).toHaveLength(txt.length + 2)
    // each record is held to have no such character either
    expect((await run([...args, '--json'])).code).toBe(0)
  })

  it('of which the reader has seen enough is 0', async () => {
    const txt = list(64, (index) => `dnsaddr=/ip4/192.0.2.1/tcp/${index}/http-path/${'x'.repeat(800)}`)
    const dns = await startNameServer({ '_dnsaddr.wide.test': { txt } })
    const script = 'p2p maddr resolve --dns "$1" /dnsaddr/wide.test | head -1; echo "${PIPESTATUS[0]}"'
    expect((await shell(script, [dns])).stdout).toBe('/dnsaddr/wide.test\n0\n')
  })
})
