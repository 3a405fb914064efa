/// Does one piece of the proxy's work a number of times: `MicroBenchmarks NAME COUNT`, or `MicroBenchmarks list`.
///
/// It measures nothing itself. `deploy/bench --instructions` runs it under callgrind with two counts; what the second
/// run takes more is the work's, free of the start, and the same to a few instructions each time.
@main
enum MicroBenchmarks {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        if arguments.first == "list" {
            for work in allWork { print("\(work.name)\t\(work.unit)\t\(work.units)") }
            return
        }
        guard let name = arguments.first, let work = allWork.first(where: { $0.name == name }),
            let count = arguments.dropFirst().first.flatMap({ Int($0) })
        else {
            print("usage: MicroBenchmarks list | NAME COUNT")
            return
        }
        let step = try work.prepare()
        var sum = 0
        for _ in 0..<count { sum &+= try step() }
        // The work's results are used, so that none of it can be left out.
        print(sum)
    }

    private static var allWork: [Work] { headWork + policyWork + bodyWork }
}

/// One piece of work.
struct Work {
    let name: String
    /// What its cost is given per, and how many of those one step does.
    let unit: String
    let units: Int
    /// Makes what is needed once, and returns the step; a step returns something of what it found.
    let prepare: () throws -> () throws -> Int
}

extension Work {
    /// Its cost is given per KiB of `bytes`.
    init(_ name: String, perKiBOf bytes: Int, _ prepare: @escaping () throws -> () throws -> Int) {
        self.init(name: name, unit: "KiB", units: bytes >> 10, prepare: prepare)
    }

    init(_ name: String, per unit: String, _ prepare: @escaping () throws -> () throws -> Int) {
        self.init(name: name, unit: unit, units: 1, prepare: prepare)
    }
}
