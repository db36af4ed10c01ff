/** Models as the pages ask for them. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { get, send } from "../api/client";
import type { Answer } from "../api/client";
import { failed } from "../parts";

export type ModelLines = Answer<"/api/v1/models">;
export type ModelLine = ModelLines["models"][number];
export type Model = Answer<"/api/v1/models/{model}">;
export type Card = NonNullable<Model["card"]>;
export type Figure = Card["metrics"][number];
export type Weight = Card["importance"][number];
export type Bin = Card["calibration"][number];
export type Run = Model["runs"][number];
export type Drift = NonNullable<Model["drift"]>;
export type Job = NonNullable<ModelLines["job"]>;

const LIST = "/api/v1/models";
const ONE = "/api/v1/models/{model}";
const BUSY = 1_000;
const CALM = 20_000;

/** All models, and the training that was begun last; each second while one runs. */
export function useModels() {
  const client = useQueryClient();
  const asked = useQuery({
    ...get(LIST),
    refetchInterval: (query) => (query.state.data?.job?.state === "running" ? BUSY : CALM),
  });
  const running = asked.data?.job?.state === "running";
  const ran = useRef(running);
  useEffect(() => {
    // what a training has changed is asked for anew once it is over
    if (ran.current && !running) void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === ONE });
    ran.current = running;
  }, [client, running]);
  return asked;
}

export function useModel(name: string) {
  return useQuery(get(ONE, { params: { path: { model: name } } }));
}

/** Train one model anew; the list shows how far it is. */
export function useTrain() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => send("post", "/api/v1/models/{model}/train", { params: { path: { model: name } } }),
    onError: (error) => failed(error),
    onSettled: () => client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === LIST }),
  });
}
