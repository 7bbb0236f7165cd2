// A Matrix client on matrix-js-sdk for the tests: does the actions that stdin names, writes what it sees to stdout.
//
// In:  {"id": 1, "action": "send", "room": "!…", …}     a line of JSON each
// Out: {"id": 1, "answer": …} or {"id": 1, "error": "…"}, and {"event": {…}} for every message that was decrypted, or not

import { createInterface } from "node:readline";

for (const name of ["log", "debug", "info", "warn", "trace"]) console[name] = console.error; // stdout is for answers

// matrix-js-sdk asks for Node 22; this is all of it that Node 20 lacks.
Promise.withResolvers ??= () => {
    const resolvers = {};
    resolvers.promise = new Promise((resolve, reject) => Object.assign(resolvers, { resolve, reject }));
    return resolvers;
};

const sdk = await import("matrix-js-sdk");
const api = await import("matrix-js-sdk/lib/crypto-api/index.js");

const writeLine = (value) => process.stdout.write(JSON.stringify(value) + "\n");
const passwordAuth = (user, password) => (makeRequest) =>
    makeRequest(null).catch((refusal) =>
        makeRequest({
            type: "m.login.password",
            identifier: { type: "m.id.user", user },
            password,
            session: refusal.data.session,
        }),
    );

let client, crypto, passphrase, verifier;
const shown = new Set();
const roomOf = (id) => client.getRoom(id) ?? (() => { throw new Error(`${id} is not known here`); })();

/** Write an event as a person sees it: decrypted, with its sender and how sure the client is of them. */
async function showEvent(event) {
    if (event.isBeingDecrypted() || event.status) return;
    const failure = event.isDecryptionFailure() ? event.decryptionFailureReason : null;
    if (event.isEncrypted() && event.getType() === "m.room.encrypted" && !failure) return;
    const mark = `${event.getId()} ${failure}`;
    if (shown.has(mark)) return;
    shown.add(mark);
    const info = event.isEncrypted() && !failure ? await crypto.getEncryptionInfoForEvent(event) : null;
    writeLine({
        event: {
            event_id: event.getId(),
            room_id: event.getRoomId(),
            sender: event.getSender(),
            type: event.getType(),
            content: { ...event.getClearContent?.() ?? event.getContent(), "m.relates_to": event.getWireContent()["m.relates_to"] },
            encrypted: event.isEncrypted(),
            failure,
            shield: info ? api.EventShieldColour[info.shieldColour] : null,
            reason: info?.shieldReason ? api.EventShieldReason[info.shieldReason] : null,
        },
    });
}

/** Write the emojis of a verification. */
function showEmojis(sas) {
    verifier.sas = sas;
    writeLine({ event: { type: "emojis", emojis: sas.sas.emoji.map(([sign]) => sign) } });
}

/** Take part in a verification as soon as both sides are ready. */
function followVerification(request) {
    const startVerifier = () => {
        if (!request.verifier || verifier?.request === request) return;
        verifier = { request, done: request.verifier.verify().then(() => "done", (error) => String(error)) };
        request.verifier.on(api.VerifierEvent.ShowSas, showEmojis);
        const sas = request.verifier.getShowSasCallbacks();
        if (sas) showEmojis(sas);
    };
    request.on(api.VerificationRequestEvent.Change, startVerifier);
    startVerifier();
}

const actions = {
    /** Log in as a new device; keys are in memory alone. */
    async login({ homeserver, user, password, unlock = null }) {
        passphrase = unlock;
        const unauthenticated = sdk.createClient({ baseUrl: homeserver });
        const session = await unauthenticated.loginRequest({
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
        client.on("Event.decrypted", (event) => void showEvent(event));
        client.on("Room.timeline", (event) => void showEvent(event));
        client.on("RoomMember.membership", (event, member) => {
            if (member.userId === client.getUserId() && member.membership === "invite")
                writeLine({ event: { type: "invitation", room_id: member.roomId } });
        });
        for (const change of [api.CryptoEvent.DevicesUpdated, api.CryptoEvent.UserTrustStatusChanged])
            client.on(change, () => writeLine({ event: { type: "trust" } }));
        client.on(api.CryptoEvent.VerificationRequestReceived, async (request) => {
            await request.accept();
            followVerification(request);
        });
        await client.startClient({ initialSyncLimit: 50, pollTimeout: 5000 });
        while (!client.isInitialSyncComplete()) await new Promise((done) => client.once("sync", done));
        return { user_id: session.user_id, device_id: session.device_id };
    },

    /** Create an identity, or take the one that secret storage holds. */
    async identify({ password }) {
        await crypto.bootstrapCrossSigning({ authUploadDeviceSigningKeys: passwordAuth(client.getUserId(), password) });
        return await crypto.getCrossSigningKeyId();
    },

    /** Exclude devices that their owner has not signed ("signed"), or that this client has not verified ("verified"). */
    async trust({ only }) {
        crypto.setDeviceIsolationMode(
            only === "signed" ? new api.OnlySignedDevicesIsolationMode() : new api.AllDevicesIsolationMode(true),
        );
        crypto.globalBlacklistUnverifiedDevices = only === "verified";
    },

    /** Read the newest key backup with the key in secret storage; tell whether it is trusted and how many keys it has. */
    async restore_backup() {
        const trust = await crypto.isKeyBackupTrusted(await crypto.getKeyBackupInfo());
        await crypto.loadSessionBackupPrivateKeyFromSecretStorage();
        const { imported, total } = await crypto.restoreKeyBackup();
        return { trusted: trust.trusted, imported, total };
    },

    async join({ room }) {
        return (await client.joinRoom(room)).roomId;
    },

    async create_room({ options }) {
        return (await client.createRoom(options)).room_id;
    },

    /** Whether the room is known, and encrypted as far as this client can tell. */
    async is_encrypted({ room }) {
        return client.getRoom(room) !== null && (await crypto.isEncryptionEnabledInRoom(room));
    },

    async send({ room, kind, content }) {
        roomOf(room);
        return (await client.sendEvent(room, kind, content)).event_id;
    },

    /** How this client sees a user it shares an encrypted room with, and each of their devices. */
    async get_trust({ user }) {
        const devices = (await crypto.getUserDeviceInfo([user])).get(user) ?? new Map();
        const status = await crypto.getUserVerificationStatus(user);
        const deviceTrust = {};
        for (const id of devices.keys()) {
            const device = await crypto.getDeviceVerificationStatus(user, id);
            deviceTrust[id] = { signed: device.signedByOwner, verified: device.isVerified() };
        }
        return { identity: status.known, verified: status.isVerified(), changed: status.needsUserApproval, devices: deviceTrust };
    },

    /** Begin to verify a user in a room that only the two share; both sides write the emojis as an event. */
    async verify({ user, room }) {
        const request = await crypto.requestVerificationDM(user, room);
        while (request.phase < api.VerificationPhase.Ready)
            await new Promise((done) => request.once(api.VerificationRequestEvent.Change, done));
        await request.startVerification("m.sas.v1");
        followVerification(request);
    },

    /** Confirm that the emojis are the same on both sides; answers when the verification is done. */
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
    const { id, action, ...input } = JSON.parse(line);
    // not awaited: a verification needs two actions at a time
    Promise.resolve()
        .then(() => actions[action](input))
        .then((answer) => writeLine({ id, answer: answer ?? null }), (error) => writeLine({ id, error: String(error?.stack ?? error) }));
}
process.exit(0);
