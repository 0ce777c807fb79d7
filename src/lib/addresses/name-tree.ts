import type { Multiaddr } from '@multiformats/multiaddr'
import { codeOf, messageOf } from '../errors/causes.ts'
import { ToolkitError } from '../errors/toolkit-error.ts'
import { lookUp, type Question, questionOf, type Useful, type Useless } from './look-up.ts'
import type { NameServer } from './name-server.ts'
import type { DeadEnd, LeftOut, TreeNode } from './tree-node.ts'

/** A dnsaddr may name another dnsaddr this often. */
const maxDepth = 4
/** A zone may hold any number of records: once there are this many leaves, names or dead ends, no more is looked at. */
const maxNodes = 64
/** How many useless records of one name have a node of their own. */
const maxUseless = 16

/**
 * The tree that an address grows when its names are looked up: `/dnsaddr` through TXT records, recursively, and `/dns`,
 * `/dns4` and `/dns6` to IP addresses. Whatever a zone holds, and wherever it leads, the tree is bounded.
 */
export class NameTree {
  /** how many names were looked up */
  lookUps = 0
  readonly #names: NameServer
  readonly #signal: AbortSignal
  readonly #asked = new Set<string>()
  #leaves = 0
  #deadEnds = 0

  /**
   * @param names - the name server to ask
   * @param signal - ends the look-ups; after a `timeout` no more names are looked up
   */
  constructor(names: NameServer, signal: AbortSignal) {
    this.#names = names
    this.#signal = signal
  }

  /**
   * Grows the tree.
   *
   * @param address - the root, any multiaddr
   * @returns the nodes, each before its branches: no more than 64 are leaves
   * @throws the signal's reason when it aborts, unless that is a `timeout`
   */
  async *grow(address: Multiaddr): AsyncGenerator<TreeNode> {
    yield* this.#grow(address, { address, last: [], leaf: false }, [])
  }

  async *#grow(address: Multiaddr, node: TreeNode, path: string[]): AsyncGenerator<TreeNode> {
    const question = questionOf(address)
    if (question === undefined) {
      this.#leaves++
      return yield { ...node, leaf: true }
    }
    const text = address.toString()
    const refused = this.#refuse(text, path)
    if (refused !== undefined) return yield { ...node, problem: refused }
    const found = await this.#lookUp(address, text, question)
    if ('problem' in found) return yield { ...node, name: question.name, problem: found.problem }

    const { useful, useless } = found
    const none = `no ${question.protocol} record of ${question.host} matches`
    yield { ...node, name: question.name, ...(useful.length === 0 && { problem: this.#deadEnd('no-match', none) }) }
    const branch = (isLast: boolean) => ({ parent: address, last: [...node.last, isLast], leaf: false })
    for (const [index, one] of useful.entries()) {
      const rest = useful.length - index
      if (Math.max(this.#leaves, this.#asked.size, this.#deadEnds) >= maxNodes) {
        yield { ...branch(useless.length === 0), problem: leftOut('passed-over', rest, 'passed over') }
        break
      }
      yield* this.#grow(one.address, { ...branch(rest === 1 && useless.length === 0), ...one }, [...path, text])
    }
    for (const [index, one] of useless.slice(0, maxUseless).entries()) {
      yield { ...branch(index === useless.length - 1), ...one }
    }
    const hidden = useless.length - maxUseless
    if (hidden > 0) yield { ...branch(true), problem: leftOut('not-shown', hidden, 'of no use') }
  }

  async #lookUp(
    address: Multiaddr,
    text: string,
    question: Question,
  ): Promise<{ useful: Useful[]; useless: Useless[] } | { problem: DeadEnd }> {
    const late = () => ({ problem: this.#deadEnd('timeout', messageOf(this.#signal.reason)) })
    this.#asked.add(text)
    if (this.#isLate()) return late()
    this.lookUps++
    try {
      const found = await lookUp(address, question, this.#names, this.#signal)
      return {
        useful: found.filter((one) => 'address' in one),
        useless: found.filter((one) => 'problem' in one),
      }
    } catch (error) {
      if (this.#isLate()) return late()
      return { problem: this.#failed(error, question) }
    }
  }

  #failed(error: unknown, { host, protocol }: Question): DeadEnd {
    const code = codeOf(error)
    if (code === 'ENOTFOUND') return this.#deadEnd('unknown-host', `unknown host ${host} (${code})`)
    if (code === 'ENODATA') return this.#deadEnd('no-match', `no ${protocol} record of ${host} (${code})`)
    return this.#deadEnd('failed', messageOf(error))
  }

  /** Why a name is not looked up, if it is not. */
  #refuse(text: string, path: string[]): DeadEnd | undefined {
    if (path.includes(text)) return this.#deadEnd('loop', 'its dnsaddr records lead in a loop')
    if (this.#asked.has(text)) return this.#deadEnd('asked-before', 'it was looked up before')
    if (path.length < maxDepth) return undefined
    return this.#deadEnd('too-deep', `more than ${maxDepth} dnsaddr records lead to each other`)
  }

  #deadEnd(name: DeadEnd['name'], message: string): DeadEnd {
    this.#deadEnds++
    return { kind: 'dead-end', name, message }
  }

  /** Whether the deadline has come; every other end of the command is thrown. */
  #isLate(): boolean {
    const { aborted, reason } = this.#signal
    if (aborted && !(reason instanceof ToolkitError && reason.code === 'timeout')) throw reason
    return aborted
  }
}

function leftOut(name: LeftOut['name'], count: number, what: string): LeftOut {
  return {
    kind: 'left-out',
    name,
    count,
    message: `${count} more ${count === 1 ? 'record is' : 'records are'} ${what}`,
  }
}
