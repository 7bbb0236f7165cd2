// A Matrix client on matrix-js-sdk for the tests: does what it is told on stdin, tells on stdout what it sees.
//
// In:  {"id": 1, "do": "say", "room": "!…", "body": "…"}     a line of JSON each
// Out: {"id": 1, "answer": …} or {"id": 1, "error": "…"}, and {"event": {…}} for every message that was decrypted, or not

import { createInterface } from "node:readline";

for (const name of ["log", "debug", "info", "warn", "trace"]) console[name] = console.error; // stdout is for answers

// matrix-js-sdk asks for Node 22; this is all of it that Node 20 lacks.
Promise.withResolvers ??= () => {
    const made = {};
    made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
    return made;
};

const sdk = await import("matrix-js-sdk");
const api = await import("matrix-js-sdk/lib/crypto-api/index.js");

const tell = (thing) => process.stdout.write(JSON.stringify(thing) + "\n");
const passphraseAuth = (user, password) => (makeRequest) =>
    makeRequest(null).catch((no) =>
        makeRequest({
            type: "m.login.password",
            identifier: { type: "m.id.user", user },
            password,
            session: no.data.session,
        }),
    );

let client, crypto, passphrase, verifier;
const shown = new Set();
const roomOf = (id) => client.getRoom(id) ?? (() => { throw new Error(`${id} is not known here`); })();

/** One event, as a person would see it: where it is, who says so, and how sure the client is of that. */
async function show(event) {
    if (event.isBeingDecrypted() || event.status) return;
    const failure = event.isDecryptionFailure() ? event.decryptionFailureReason : null;
    if (event.isEncrypted() && event.getType() === "m.room.encrypted" && !failure) return;
    const mark = `${event.getId()} ${failure}`;
    if (shown.has(mark)) return;
    shown.add(mark);
    const sure = event.isEncrypted() && !failure ? await crypto.getEncryptionInfoForEvent(event) : null;
    tell({
        event: {
            event_id: event.getId(),
            room_id: event.getRoomId(),
            sender: event.getSender(),
            type: event.getType(),
            content: { ...event.getClearContent?.() ?? event.getContent(), "m.relates_to": event.getWireContent()["m.relates_to"] },
            encrypted: event.isEncrypted(),
            failure,
            shield: sure ? api.EventShieldColour[sure.shieldColour] : null,
            reason: sure?.shieldReason ? api.EventShieldReason[sure.shieldReason] : null,
        },
    });
}

/** Send the emojis of a verification, and wait until the other side has them too. */
function compare(sas) {
    verifier.sas = sas;
    tell({ event: { type: "emojis", emojis: sas.sas.emoji.map(([sign]) => sign) } });
}

function follow(request) {
    const look = () => {
        if (!request.verifier || verifier?.request === request) return;
        verifier = { request, done: request.verifier.verify().then(() => "done", (error) => String(error)) };
        request.verifier.on(api.VerifierEvent.ShowSas, compare);
        const sas = request.verifier.getShowSasCallbacks();
        if (sas) compare(sas);
    };
    request.on(api.VerificationRequestEvent.Change, look);
    look();
}

const doings = {
    /** Log in as a new device; everything is kept in memory. */
    async login({ homeserver, user, password, unlock = null }) {
        passphrase = unlock;
        const plain = sdk.createClient({ baseUrl: homeserver });
        const session = await plain.loginRequest({
            type: "m.login.password",
            identifier: { type: "m.id.user", user },
            password,
        });
        client = sdk.createClient({
            baseUrl: homeserver,
            userId: session.user_id,
            deviceId: session.device_id,
            accessToken: session.access_token,
            verificationMethods: ["m.sas.v1"],
            cryptoCallbacks: {
                getSecretStorageKey: async ({ keys }) => {
                    const [id, key] = Object.entries(keys)[0];
                    const { salt, iterations, bits } = key.passphrase;
                    return [id, await api.deriveRecoveryKeyFromPassphrase(passphrase, salt, iterations, bits)];
                },
            },
        });
        await client.initRustCrypto({ useIndexedDB: false });
        crypto = client.getCrypto();
        client.on("Event.decrypted", (event) => void show(event));
        client.on("Room.timeline", (event) => void show(event));
        client.on("RoomMember.membership", (event, member) => {
            if (member.userId === client.getUserId() && member.membership === "invite")
                tell({ event: { type: "invitation", room_id: member.roomId } });
        });
        for (const change of [api.CryptoEvent.DevicesUpdated, api.CryptoEvent.UserTrustStatusChanged])
            client.on(change, () => tell({ event: { type: "trust" } }));
        client.on(api.CryptoEvent.VerificationRequestReceived, async (request) => {
            await request.accept();
            follow(request);
        });
        await client.startClient({ initialSyncLimit: 50, pollTimeout: 5000 });
        while (!client.isInitialSyncComplete()) await new Promise((done) => client.once("sync", done));
        return { user_id: session.user_id, device_id: session.device_id };
    },

    /** Make an identity of one's own, or take the one that secret storage holds. */
    async identify({ password }) {
        await crypto.bootstrapCrossSigning({ authUploadDeviceSigningKeys: passphraseAuth(client.getUserId(), password) });
        return await crypto.getCrossSigningKeyId();
    },

    /** Shut out devices that their owner has not signed ("signed"), or that we have not verified ("verified"). */
    async trust({ only }) {
        crypto.setDeviceIsolationMode(
            only === "signed" ? new api.OnlySignedDevicesIsolationMode() : new api.AllDevicesIsolationMode(true),
        );
        crypto.globalBlacklistUnverifiedDevices = only === "verified";
    },

    async join({ room }) {
        return (await client.joinRoom(room)).roomId;
    },

    async make_room({ wanted }) {
        return (await client.createRoom(wanted)).room_id;
    },

    /** Whether the room is known, and encrypted as far as this client can tell. */
    async is_encrypted({ room }) {
        return client.getRoom(room) !== null && (await crypto.isEncryptionEnabledInRoom(room));
    },

    async send({ room, kind, content }) {
        roomOf(room);
        return (await client.sendEvent(room, kind, content)).event_id;
    },

    /** What this client thinks of a person it shares an encrypted room with, and of each of their devices. */
    async look_at({ user }) {
        const devices = (await crypto.getUserDeviceInfo([user])).get(user) ?? new Map();
        const person = await crypto.getUserVerificationStatus(user);
        const seen = {};
        for (const id of devices.keys()) {
            const status = await crypto.getDeviceVerificationStatus(user, id);
            seen[id] = { signed: status.signedByOwner, verified: status.isVerified() };
        }
        return { identity: person.known, verified: person.isVerified(), changed: person.needsUserApproval, devices: seen };
    },

    /** Begin to verify a person in a room that only the two share; the emojis come as an event on both sides. */
    async verify({ user, room }) {
        const request = await crypto.requestVerificationDM(user, room);
        while (request.phase < api.VerificationPhase.Ready)
            await new Promise((done) => request.once(api.VerificationRequestEvent.Change, done));
        await request.startVerification("m.sas.v1");
        follow(request);
    },

    /** The emojis are the same on both sides. */
    async confirm() {
        await verifier.sas.confirm();
        return await verifier.done;
    },

    async stop() {
        client?.stopClient();
        setTimeout(() => process.exit(0), 10);
    },
};

for await (const line of createInterface({ input: process.stdin })) {
    const { id, do: name, ...rest } = JSON.parse(line);
    // not awaited: a verification wants two things done at a time
    Promise.resolve()
        .then(() => doings[name](rest))
        .then((answer) => tell({ id, answer: answer ?? null }), (error) => tell({ id, error: String(error?.stack ?? error) }));
}
process.exit(0);
