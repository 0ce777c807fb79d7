import { dht } from './dht.ts'

dht('python')
