import Walle

struct Session: Codable { var user: Int; var recent: [Int] }
struct Ranking: Codable { var top: [Int]; var score: [Double] }

let host = try await TaskHost(tasks: "tasks")
let ranking: Ranking = try await host.run("next-item", Session(user: 7, recent: [3, 9]))
print(ranking.top, ranking.score)
await host.shutdown()
