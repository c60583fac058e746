extension Topics {
  static let applications: [Topic] = [
    Topic(
      "medicine", .applications, "Health", "Tumours and cells, with honest intervals.",
      lessons: [7, 13], zoo: ["tumours"]),
    Topic(
      "records", .applications, "Health", "Notes of patients, and who is at risk.", lessons: [20],
      zoo: ["doctors-notes", "risk-in-time"]),
    Topic(
      "molecules", .applications, "Science", "What a molecule does, from its graph.", lessons: [25],
      zoo: ["molecules"]),
    Topic(
      "forces", .applications, "Science", "Learnt forces that move atoms, and new molecules.",
      lessons: [25], zoo: ["forces"]),
    Topic("proteins", .applications, "Science", "Which parts of a chain come near.", lessons: [25]),
    Topic(
      "climate", .applications, "Science", "Weather on a mesh, against persistence.",
      lessons: [15], zoo: ["weather"]),
    Topic(
      "inspection", .applications, "Industry", "Scratches and defects on surfaces.", lessons: [12],
      zoo: ["scratches"]),
    Topic(
      "driving", .applications, "Industry", "Seeing, foreseeing and planning on a road.",
      lessons: [13], zoo: ["road-users"]),
    Topic(
      "robots", .applications, "Industry", "Arms that learn from what they are shown.",
      lessons: [30], zoo: ["cloning"]),
    Topic(
      "finance", .applications, "Commerce", "Fraud, credit and risk, with the cost of errors.",
      lessons: [7, 29], zoo: ["credit"]),
    Topic(
      "recommendation", .applications, "Commerce", "Who likes what: factors and networks.",
      lessons: [26], zoo: ["neumf"]),
    Topic(
      "games", .applications, "Play", "Search and values: never losing tic-tac-toe.",
      lessons: [30], zoo: ["tic-tac-toe", "cart-pole"]),
  ]

  static let challenges: [Topic] = [
    Topic(
      "adversaries", .challenges, "Trust", "Small changes that fool, and how to bear them.",
      lessons: [29], zoo: ["adversarial"]),
    Topic(
      "explanations", .challenges, "Trust", "Which part of a picture spoke, and how much.",
      lessons: [29], zoo: ["fair-shares", "integrated-gradients", "where-it-looked"]),
    Topic(
      "fairness", .challenges, "Trust", "Rates by group, and what cannot be had at once.",
      lessons: [29], zoo: ["fairness"]),
    Topic(
      "causes", .challenges, "Trust", "What would be, had one acted.", lessons: [29],
      zoo: ["causal-effect"]),
    Topic(
      "quantisation", .challenges, "Size", "Eight bits and fewer for a weight.", lessons: [27],
      zoo: ["quantised"]),
    Topic(
      "pruning", .challenges, "Size", "Weights and filters that can go.", lessons: [27],
      zoo: ["pruned"]),
    Topic(
      "distillation", .challenges, "Size", "A small network that learns from a large one.",
      lessons: [27], zoo: ["distilled"]),
    Topic(
      "serving", .challenges, "In use", "Answers in time, on small machines too.", lessons: [27]),
    Topic(
      "monitoring", .challenges, "In use", "Delays, errors, and data that drifts.", lessons: [27],
      zoo: ["drift"]),
  ]

  static let trends: [Topic] = [
    Topic(
      "scaling-laws", .trends, "Larger", "Loss as a power of size, data and work.", lessons: [18]),
    Topic(
      "agents", .trends, "Larger", "Few examples, written steps, tools, and written rules.",
      lessons: [18, 30], zoo: ["preferences", "in-context", "scratchpad"]),
    Topic(
      "many-senses", .trends, "Larger", "Models that see, hear, read and answer.", lessons: [26],
      zoo: ["clip", "scenes"]),
    Topic(
      "architecture-search", .trends, "By themselves", "Networks that search for networks.",
      lessons: [30], zoo: ["searched"]),
    Topic(
      "self-supervision", .trends, "By themselves", "Labels that the data gives itself.",
      lessons: [20], zoo: ["masked-model", "two-views"]),
    Topic(
      "efficient-sequences", .trends, "Smaller", "Long texts in linear time.", lessons: [19],
      zoo: ["sparse-attention", "selective-copying"]),
    Topic(
      "quantum", .trends, "Elsewhere", "Circuits of few qubits, trained.", lessons: [30],
      zoo: ["quantum"]),
    Topic(
      "map", .trends, "Elsewhere", "This map: every topic, and where it is treated.",
      lessons: [30]),
  ]
}
