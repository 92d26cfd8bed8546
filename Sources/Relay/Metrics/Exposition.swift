// SPDX-License-Identifier: Apache-2.0

/// The text format of Prometheus, version 0.0.4.
struct Exposition {
  private(set) var text = ""

  /// - Parameter label: Nil where there is but one value.
  mutating func counters(
    _ name: String, _ help: String, label: String? = nil, _ counters: Counters
  ) {
    begin(name, help, "counter")
    for (value, count) in counters.all {
      line(name, label.map { "\($0)=\"\(value)\"" } ?? "", "\(count)")
    }
  }

  mutating func requests(
    _ name: String, _ help: String, _ routes: some Sequence<(String, Counters)>
  ) {
    begin(name, help, "counter")
    for (route, counters) in routes {
      for (value, count) in counters.all {
        line(name, "route=\"\(route)\",class=\"\(value)\"", "\(count)")
      }
    }
  }

  /// - Parameter value: Nil where there is nothing to be measured: the family has no sample then.
  mutating func gauge(_ name: String, _ help: String, _ value: Double?) {
    begin(name, help, "gauge")
    if let value { line(name, "", Self.number(value)) }
  }

  mutating func info(_ name: String, _ help: String, label: String, _ value: String) {
    begin(name, help, "gauge")
    line(name, "\(label)=\"\(value)\"", "1")
  }

  mutating func distribution(
    _ name: String, _ help: String, label: String? = nil, _ distribution: Distribution
  ) {
    begin(name, help, "histogram")
    for (value, row) in zip(distribution.values, distribution.all) {
      let own = label.map { "\($0)=\"\(value)\"" } ?? ""
      let prefix = own.isEmpty ? "" : own + ","
      var total: UInt64 = 0
      for (index, count) in row.counts.enumerated() {
        total &+= count
        let bounds = distribution.bounds
        let bound = index < bounds.count ? Self.number(bounds[index]) : "+Inf"
        line(name + "_bucket", "\(prefix)le=\"\(bound)\"", "\(total)")
      }
      line(name + "_sum", own, Self.number(row.sum))
      line(name + "_count", own, "\(total)")
    }
  }

  private mutating func begin(_ name: String, _ help: String, _ type: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
  }

  private mutating func line(_ name: String, _ labels: String, _ value: String) {
    text += labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n"
  }

  private static func number(_ value: Double) -> String {
    if value == .infinity { return "+Inf" }
    return value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
  }
}
