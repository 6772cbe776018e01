# Moonferry with Deno and its locked packages: nothing is fetched, written or compiled when it starts, so that it runs as
# any user on a read-only root file system. How it is built and checked without a registry: docs/release.md.
ARG DENO_VERSION=2.9.6
ARG BASE=denoland/deno:${DENO_VERSION}

FROM ${BASE} AS build
USER root
# A mirror instead of npm's own registry, for builds that can't reach that; no secret may stand in it.
ARG NPM_CONFIG_REGISTRY
ARG REVISION
ENV DENO_DIR=/deno-dir DENO_NO_UPDATE_CHECK=1
WORKDIR /app
COPY deno.json deno.lock ./
RUN deno install --frozen
COPY . .
# What a database in the cache knows is of no use where nothing can be written.
RUN if [ -n "${REVISION}" ]; then printf '%s\n' "${REVISION}" >src/cli/revision.txt; fi \
  && deno cache --frozen main.ts src/cli/plan_worker.ts \
  && rm -f /deno-dir/*_cache_v* \
  && chmod -R u=rwX,go=rX /app /deno-dir

FROM ${BASE}
ARG DENO_VERSION
ARG NPM_CONFIG_REGISTRY
ARG VERSION=0.1.0
ARG REVISION
LABEL org.opencontainers.image.title="Moonferry" \
  org.opencontainers.image.description="Runs Sveltos event pipelines by itself: kubeconfig Secrets delivered, kept right and withdrawn" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.base.name="denoland/deno:${DENO_VERSION}"
# With a limit of memory, each of the two threads of run has half of it as its heap, and collects in time. Deno keeps
# packages under the name of the registry that they came from, so it has to know it later, too.
ENV DENO_DIR=/deno-dir DENO_NO_UPDATE_CHECK=1 HOME=/nonexistent NO_COLOR=1 DENO_USE_CGROUPS=1 \
  NPM_CONFIG_REGISTRY=${NPM_CONFIG_REGISTRY}
COPY --from=build --chown=0:0 /deno-dir /deno-dir
COPY --from=build --chown=0:0 /app /app
WORKDIR /app
USER 65532:65532
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["deno", "run", "--no-config", "--no-lock", "--no-prompt", "--cached-only", "--allow-net=127.0.0.1:8080", "/app/container/health.js"]
ENTRYPOINT ["/app/container/entrypoint.sh"]
CMD ["run", "--listen=:8080"]
