// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// A length of time as people type it: `90s`, `15m`, `2h`, `7d`.
struct HumanDuration: ExpressibleByArgument, CustomStringConvertible, Equatable {
  let seconds: Int64

  init(seconds: Int64) { self.seconds = seconds }

  init?(argument: String) {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
    guard let last = argument.last, let unit = units[last],
      let count = Int64(argument.dropLast()), count > 0
    else { return nil }
    let (product, overflow) = count.multipliedReportingOverflow(by: unit)
    guard !overflow, product <= 366 * 86_400 * 10 else { return nil }
    seconds = product
  }

  var description: String {
    for (unit, length) in [("d", Int64(86_400)), ("h", 3600), ("m", 60)]
    where seconds % length == 0 {
      return "\(seconds / length)\(unit)"
    }
    return "\(seconds)s"
  }
}
