// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Called once before the first input: finds the target that `ALCOVE_FUZZ` names, or writes its seeds.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _ argumentCount: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?
) -> CInt {
  let environment = ProcessInfo.processInfo.environment
  if environment["ALCOVE_FUZZ"] == "list" {
    for target in FuzzTarget.all { print(target.name) }
    exit(0)
  }
  if let folder = environment["ALCOVE_FUZZ_SEEDS"] {
    do {
      for (index, seed) in try chosen.seeds().enumerated() {
        try Data(seed).write(to: URL(filePath: "\(folder)/seed-\(index)"))
      }
    } catch {
      fatalError("seeds of \(chosen.name): \(error)")
    }
    exit(0)
  }
  return 0
}

/// Runs one input. What a target finds ends the process, so that the fuzzer keeps the input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
  do {
    try chosen.run(input[...])
  } catch {
    fatalError("\(chosen.name): \(error)")
  }
  return 0
}

private let chosen: FuzzTarget = {
  let name = ProcessInfo.processInfo.environment["ALCOVE_FUZZ"] ?? ""
  guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
    fatalError("no target \(name)")
  }
  return target
}()
