# The workbench for a browser, on a server with an NVIDIA GPU:
#
#   docker build -t unbackdoor .
#   docker run --gpus all -p 8317:8317 -v unbackdoor:/data unbackdoor --name gpu.example.org --tls-cert /data/cert.pem --tls-key /data/key.pem
#
# The CUDA libraries come with the engine, so the host needs only its driver and the NVIDIA container toolkit.

FROM node:24-bookworm AS build
RUN apt-get update \
  && apt-get install --yes --no-install-recommends g++ make python3 python3-pip \
  && rm -rf /var/lib/apt/lists/*
# While it is built no GPU can be seen, so the engine for it is asked for by name.
ENV UNBACKDOOR_ENGINE=gpu UNBACKDOOR_CACHE=/opt/engine
WORKDIR /opt/unbackdoor
COPY . .
RUN npm run setup

FROM node:24-bookworm-slim
# Datasets and runs outlive the container; the engine is that of the image.
ENV NODE_ENV=production UNBACKDOOR_CACHE=/data/cache UNBACKDOOR_WORKSPACE=/data/workspace
WORKDIR /opt/unbackdoor
COPY --from=build /opt/unbackdoor /opt/unbackdoor
COPY --from=build /opt/engine /opt/engine
RUN mkdir -p /data/cache /data/workspace && chown --recursive node:node /data
VOLUME /data
USER node
EXPOSE 8317
# Without a certificate it starts only when it is told that the network is trusted: --insecure.
ENTRYPOINT ["node", "out/main/serve.js", "--host", "0.0.0.0", "--port", "8317"]
