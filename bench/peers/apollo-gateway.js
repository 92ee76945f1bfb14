// @apollo/gateway behind @apollo/server's own HTTP server, one process for each core: apollo-gateway.js SUPERGRAPH PORT
import cluster from "node:cluster";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { ApolloGateway } from "@apollo/gateway";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";

const [supergraph, port] = process.argv.slice(2);

if (cluster.isPrimary) {
  for (let worker = 0; worker < availableParallelism(); worker++) cluster.fork();
} else {
  const gateway = new ApolloGateway({ supergraphSdl: readFileSync(supergraph, "utf8") });
  // The standalone server answers at every path.
  await startStandaloneServer(new ApolloServer({ gateway }), { listen: { host: "127.0.0.1", port: Number(port) } });
}
