#!/usr/bin/env node
// What kubectl runs to complete `kubectl flotilla`.
import './flotilla.js';
