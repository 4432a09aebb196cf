# The command alone: a static binary, with a shell for the workflow engines that start it through one.
#
#   docker build -t nnrc:0.1.0 .
#   docker run --rm -v "$PWD:/work" nnrc:0.1.0 compile model.nnr --target sbml -o model.xml
FROM rust:1.95-alpine AS build
# hadolint ignore=DL3018
RUN apk add --no-cache musl-dev
WORKDIR /source
COPY . .
RUN cargo build --release --locked --package nnrc-cli

FROM alpine:3.22
# Snakemake starts what runs in a container by bash.
# hadolint ignore=DL3018
RUN apk add --no-cache bash
COPY --from=build /source/target/release/nnrc /usr/local/bin/nnrc
COPY --from=build /source/LICENSE-MIT /source/LICENSE-APACHE /usr/local/share/licenses/nnrc/
WORKDIR /work
ENTRYPOINT ["nnrc"]
