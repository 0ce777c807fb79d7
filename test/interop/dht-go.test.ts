import { dht } from './dht.ts'

dht('go')
