// SPDX-License-Identifier: Apache-2.0

import EnvelopeStore
import Primitives
import Testing

/// What every store promises, whatever lies underneath.
@Suite struct RecordStoreContractTests {
  struct Refusal: Error {}

  @Test(arguments: StoreKind.allCases)
  func `a record is read as it was put`(kind: StoreKind) throws {
    let fixture = try StoreFixture()
    let store = try kind.open(fixture)
    try store.transaction(fixture.keys) { tx throws in
      #expect(try tx.get(.group, fixture.mara) == nil)
      try tx.put([1, 2, 3], .group, fixture.mara)
      try tx.put([], .message, fixture.mara, RecordKey(1))
      try tx.put([9], .group, fixture.jonas)
      #expect(try tx.get(.group, fixture.mara) == [1, 2, 3])
    }
    try store.read(fixture.keys) { tx throws in
      #expect(try tx.get(.group, fixture.mara) == [1, 2, 3])
      #expect(try tx.get(.group, fixture.jonas) == [9])
      #expect(try tx.get(.message, fixture.mara, RecordKey(1)) == [])
      #expect(try tx.contains(.message, fixture.mara, RecordKey(1)))
      #expect(try !tx.contains(.message, fixture.jonas, RecordKey(1)))
      #expect(try tx.count(.message, fixture.mara) == 1)
    }
    try store.transaction(fixture.keys) { tx throws in
      try tx.put([4], .group, fixture.mara)
      #expect(try tx.delete(.message, fixture.mara, RecordKey(1)))
      #expect(try !tx.delete(.message, fixture.mara, RecordKey(1)))
    }
    try store.read(fixture.keys) { tx throws in
      #expect(try tx.get(.group, fixture.mara) == [4])
      #expect(try tx.get(.message, fixture.mara, RecordKey(1)) == nil)
    }
    try store.checkIntegrity(fixture.keys)
  }

  @Test(arguments: StoreKind.allCases)
  func `a scan goes both ways and keeps to its range and limit`(kind: StoreKind) throws {
    let fixture = try StoreFixture()
    let store = try kind.open(fixture)
    let numbers: [UInt64] = [300, 1, 255, 256, 2, 65_536, 7]
    try store.transaction(fixture.keys) { tx throws in
      for number in numbers {
        try tx.put([UInt8(truncatingIfNeeded: number)], .message, fixture.mara, RecordKey(number))
        try tx.put([0], .message, fixture.jonas, RecordKey(number))
        try tx.put([0], .tail, fixture.mara, RecordKey(number))
      }
    }
    func found(
      _ range: RecordRange, _ order: RecordOrder = .forwards, limit: Int = .max
    ) throws -> [UInt64?] {
      try store.read(fixture.keys) { tx throws in
        let records = try tx.scan(.message, fixture.mara, range, order, limit: limit)
        #expect(
          try tx.keys(.message, fixture.mara, range, order, limit: limit) == records.map(\.key))
        for record in records {
          #expect(record.bytes == [UInt8(truncatingIfNeeded: record.key.number ?? 0)])
        }
        return records.map(\.key.number)
      }
    }
    let sorted = numbers.sorted()
    #expect(try found(.all) == sorted)
    #expect(try found(.all, .backwards) == sorted.reversed())
    #expect(try found(.from(RecordKey(255))) == [255, 256, 300, 65_536])
    #expect(try found(.after(RecordKey(255))) == [256, 300, 65_536])
    #expect(try found(.through(RecordKey(255))) == [1, 2, 7, 255])
    #expect(try found(.between(RecordKey(2), RecordKey(260))) == [2, 7, 255, 256])
    #expect(try found(.between(RecordKey(3), RecordKey(3))) == [])
    #expect(try found(.between(RecordKey(9), RecordKey(3))) == [])
    #expect(try found(.all, limit: 2) == [1, 2])
    #expect(try found(.all, .backwards, limit: 2) == [65_536, 300])
    #expect(try found(.all, limit: 0) == [])
    try store.read(fixture.keys) { tx throws in
      #expect(try tx.last(.message, fixture.mara)?.key.number == 65_536)
      #expect(try tx.last(.alarm, fixture.mara) == nil)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `ranges and owners are deleted alone`(kind: StoreKind) throws {
    let fixture = try StoreFixture()
    let store = try kind.open(fixture)
    try store.transaction(fixture.keys) { tx throws in
      for number in UInt64(1)...10 {
        try tx.put([1], .tail, fixture.mara, RecordKey(number))
        try tx.put([1], .tail, fixture.jonas, RecordKey(number))
      }
      try tx.put([1], .group, fixture.mara)
      #expect(try tx.deleteAll(.tail, fixture.mara, .through(RecordKey(4))) == 4)
      #expect(try tx.count(.tail, fixture.mara) == 6)
    }
    try store.transaction(fixture.keys) { tx throws in
      #expect(try tx.deleteEverything(of: fixture.mara) == 7)
      #expect(try tx.count(.tail, fixture.mara) == 0)
      #expect(try tx.get(.group, fixture.mara) == nil)
      #expect(try tx.count(.tail, fixture.jonas) == 10)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `nothing of a step that fails has happened`(kind: StoreKind) throws {
    let fixture = try StoreFixture()
    let store = try kind.open(fixture)
    try store.transaction(fixture.keys) { tx throws in
      try tx.put([1], .group, fixture.mara)
      try tx.put([1], .message, fixture.mara, RecordKey(1))
    }
    #expect(throws: Refusal.self) {
      try store.transaction(fixture.keys) { tx throws in
        try tx.put([2], .group, fixture.mara)
        try tx.put([2], .group, fixture.mara)
        try tx.delete(.message, fixture.mara, RecordKey(1))
        try tx.put([2], .message, fixture.mara, RecordKey(2))
        throw Refusal()
      }
    }
    try store.read(fixture.keys) { tx throws in
      #expect(try tx.get(.group, fixture.mara) == [1])
      #expect(try tx.keys(.message, fixture.mara) == [RecordKey(1)])
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `a reader cannot write`(kind: StoreKind) throws {
    let fixture = try StoreFixture()
    let store = try kind.open(fixture)
    #expect(throws: StoreError.readOnly) {
      try store.read(fixture.keys) { try $0.put([1], .group, fixture.mara) }
    }
    #expect(throws: StoreError.readOnly) {
      try store.read(fixture.keys) { try $0.delete(.group, fixture.mara) }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `a transaction is over when its closure is`(kind: StoreKind) throws {
    let fixture = try StoreFixture()
    let store = try kind.open(fixture)
    let escaped = try store.transaction(fixture.keys) { $0 }
    #expect(throws: StoreError.closed) { try escaped.get(.group, fixture.mara) }
    #expect(throws: StoreError.closed) { try escaped.put([1], .group, fixture.mara) }
  }

  @Test(arguments: StoreKind.allCases)
  func `a closed store answers nothing`(kind: StoreKind) throws {
    let fixture = try StoreFixture()
    let store = try kind.open(fixture)
    try store.close()
    #expect(throws: StoreError.closed) { try store.read(fixture.keys) { _ in } }
    #expect(throws: StoreError.closed) { try store.transaction(fixture.keys) { _ in } }
    #expect(throws: StoreError.closed) { try store.eraseTraces() }
  }

  @Test(arguments: StoreKind.allCases)
  func `an owner without a key can neither be written nor read`(kind: StoreKind) throws {
    let fixture = try StoreFixture()
    let store = try kind.open(fixture)
    try store.transaction(fixture.keys) { try $0.put([1], .group, fixture.mara) }
    var fewer = fixture.keys
    fewer.remove(fixture.mara)
    #expect(throws: StoreError.noKey) { try store.read(fewer) { try $0.get(.group, fixture.mara) } }
    #expect(throws: StoreError.noKey) {
      try store.transaction(fewer) { try $0.put([1], .group, fixture.mara) }
    }
    #expect(throws: StoreError.noKey) { try store.checkIntegrity(fewer) }
  }

  @Test(arguments: StoreKind.allCases)
  func `records move to a new key generation and no longer need the old`(kind: StoreKind) throws {
    let fixture = try StoreFixture()
    let store = try kind.open(fixture)
    try store.transaction(fixture.keys) { tx throws in
      for number in UInt64(1)...200 { try tx.put([3], .message, fixture.mara, RecordKey(number)) }
      try tx.put([5], .group, fixture.jonas)
    }
    var both = fixture.keys
    let second = SharedSecret([UInt8](repeating: 8, count: 32))
    try both.add(second, for: fixture.mara, generation: KeyGeneration(2))
    try store.transaction(both) { tx throws in
      #expect(try tx.get(.message, fixture.mara, RecordKey(1)) == [3])
      #expect(try tx.reseal(fixture.mara) == 200)
      #expect(try tx.reseal(fixture.mara) == 0)
    }
    var only = DataKeys()
    try only.add(second, for: fixture.mara, generation: KeyGeneration(2))
    try store.read(only) { tx throws in
      #expect(try tx.scan(.message, fixture.mara).map(\.bytes) == .init(repeating: [3], count: 200))
    }
    #expect(throws: StoreError.noKey) {
      try store.read(fixture.keys) { try $0.get(.message, fixture.mara, RecordKey(1)) }
    }
  }

  @Test(arguments: StoreKind.allCases)
  func `keys and records are bounded`(kind: StoreKind) throws {
    let fixture = try StoreFixture()
    let store = try kind.open(fixture)
    #expect(throws: StoreError.tooLarge) {
      try store.transaction(fixture.keys) {
        try $0.put([], .message, fixture.mara, RecordKey([UInt8](repeating: 0, count: 65)))
      }
    }
    try store.transaction(fixture.keys) {
      try $0.put([1], .message, fixture.mara, RecordKey([UInt8](repeating: 0, count: 64)))
      try $0.put([UInt8](repeating: 1, count: 1_000_000), .message, fixture.mara, RecordKey(1))
    }
    #expect(throws: StoreError.tooLarge) {
      try store.transaction(fixture.keys) {
        try $0.put(
          [UInt8](repeating: 0, count: RecordSealer.maximumCount + 1), .group, fixture.mara)
      }
    }
  }

  @Test(arguments: UInt64(1)...20)
  func `the store on disk and the one in memory agree on every sequence of steps`(
    seed: UInt64
  ) throws {
    let fixture = try StoreFixture()
    let stores: [any RecordStore] = [
      try fixture.open(), MemoryRecordStore(random: SeededRandom(seed: seed)),
    ]
    let random = SeededRandom(seed: seed)
    func below(_ bound: UInt64) -> UInt64 { random.uniform(below: bound) }
    let tables: [Table] = [.message, .tail, .group]
    for _ in 0..<40 {
      let operations = (0..<below(6)).map { _ in
        (
          kind: below(5), table: tables[Int(below(3))],
          owner: below(2) == 0 ? fixture.mara : fixture.jonas, first: RecordKey(below(12)),
          second: RecordKey(below(12)), content: random.bytes(Int(below(40)))
        )
      }
      let fails = below(4) == 0
      for store in stores {
        try? store.transaction(fixture.keys) { tx throws in
          for step in operations {
            switch step.kind {
            case 0: try tx.delete(step.table, step.owner, step.first)
            case 1: try tx.deleteAll(step.table, step.owner, .between(step.first, step.second))
            default: try tx.put(step.content, step.table, step.owner, step.first)
            }
          }
          if fails { throw Refusal() }
        }
      }
      let range = RecordRange.between(RecordKey(below(12)), RecordKey(below(12)))
      let order = below(2) == 0 ? RecordOrder.forwards : .backwards
      let limit = Int(below(8))
      let views = try stores.map { store in
        try store.read(fixture.keys) { tx throws in
          try tables.flatMap { table in
            try [fixture.mara, fixture.jonas].map {
              try tx.scan(table, $0, range, order, limit: limit) + tx.scan(table, $0)
            }
          }
        }
      }
      #expect(views[0] == views[1])
    }
    for store in stores { try store.checkIntegrity(fixture.keys) }
  }
}
