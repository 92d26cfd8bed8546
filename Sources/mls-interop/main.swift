// SPDX-License-Identifier: Apache-2.0

// Speaks the MLS working group's interop service on standard input and output, one JSON object per
// line; the form of the lines stands with `InteropService`. `selftest` plays against itself.

import Foundation
import MLS
import MLSInterop
import Primitives

let usage = """
  usage: mls-interop [--grease]       answers requests on standard input, one a line
         mls-interop selftest [--members N] [--steps N] [--seed N] [--suite N]
         mls-interop methods          lists the names of all methods
  A request:  {"id": 1, "method": "CreateGroup", "params": {"group_id": "AAE=", "cipher_suite": 1}}
  Answers:    {"id": 1, "result": {"state_id": 1}}
              {"id": 1, "error": {"code": "INVALID_ARGUMENT", "message": "..."}}
  Methods and fields are those of mls_client.proto, bytes in base64, numbers as numbers.
  Other common names for "method" and "params" are taken too, and blank lines passed over.
  --grease: sends extensions of reserved types, which everybody has to ignore (RFC 9420, 13.5)
  """
let now: @Sendable () -> UInt64 = { UInt64(max(0, Date().timeIntervalSince1970)) }
var arguments = CommandLine.arguments.dropFirst()

switch arguments.popFirst() {
case let option where option == nil || (option == "--grease" && arguments.isEmpty):
  var service = InteropService(
    random: SystemRandom(), now: now, grease: option == nil ? .inCapabilities : .include)
  while let line = readLine() {
    guard let answer = service.answer(line) else { continue }
    FileHandle.standardOutput.write(Data((answer + "\n").utf8))
  }
case "methods":
  for name in InteropService.methodNames { print(name) }
case "selftest":
  var test = SelfTest(now: now())
  while let option = arguments.popFirst() {
    guard let value = arguments.popFirst().flatMap({ UInt64($0) }) else {
      print(usage)
      exit(2)
    }
    switch option {
    case "--members": test.members = Int(clamping: min(max(value, 2), 1000))
    case "--steps": test.steps = Int(clamping: value)
    case "--seed": test.seed = value
    case "--suite": test.suites = [UInt16(clamping: value)]
    default:
      print(usage)
      exit(2)
    }
  }
  do {
    try test.run { print($0) }
    print("selftest, seed \(test.seed): ok")
  } catch {
    print("selftest, seed \(test.seed): FAILED: \(error)")
    exit(1)
  }
default:
  print(usage)
  exit(2)
}
