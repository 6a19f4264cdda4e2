#!/usr/bin/env node
// What kubectl runs for `kubectl flotilla`.
import './flotilla.js';
