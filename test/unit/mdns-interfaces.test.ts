import { describe, expect, it } from 'vitest'
import { ip4Interfaces } from '../../src/lib/protocols/mdns/interfaces.ts'

describe('ip4Interfaces', () => {
  const loopback = ip4Interfaces().find(({ address }) => address === '127.0.0.1')

  it('lists loopback as such', () => {
    expect(loopback).toMatchObject({ loopback: true })
  })

  it.each([
    ['127.0.0.1', true],
    ['127.9.8.7', true],
    ['128.0.0.1', false],
    ['8.8.8.8', false],
    ['::1', false],
    ['', false],
  ])('knows whether %s is on its link: %s', (address, expected) => {
    expect(loopback?.hasOnLink(address)).toBe(expected)
  })
})
